"""`seatrial up`: ready when it says so, alive although its processes die, and gone when it is told to."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.acceptance.test_kills import envelope
from tests.real import chaos
from tests.real.installation import Installation, children, is_alive, wait_for, wait_until


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    installation.start()
    yield installation
    installation.stop()


def answers(up: Installation) -> bool:
    try:
        return httpx2.get(f"{up.address}/readyz", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def supervisor(up: Installation) -> int:
    return up._server.pid


def test_a_process_that_dies_is_started_anew(up: Installation) -> None:
    """Each of its processes is killed once; the installation answers again, with another process."""
    assert answers(up)
    before = children(supervisor(up))
    assert len(before) == 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(set(children(supervisor(up))) - set(before)) == 2, "two new processes")
    wait_until(lambda: answers(up), "it answers again")


def test_nothing_outlives_a_supervisor_that_was_killed(up: Installation) -> None:
    """Its processes notice, and the same port can be listened on again at once."""
    left = children(supervisor(up))
    os.kill(supervisor(up), signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in left), "its processes have ended")
    up._server.end(signal.SIGKILL)
    up.start()
    assert answers(up)


def test_what_was_answered_is_stored_although_it_is_told_to_end_at_once(up: Installation) -> None:
    """SIGTERM drains: an envelope that got its 200 is in the store after the next start, once."""
    project = up.create_project()
    scheme, _, rest = project.dsn.partition("://")
    key, _, place = rest.partition("@")
    host = place.rpartition("/")[0]
    url = f"{scheme}://{host}/api/{project.number}/envelope/?sentry_key={key}"
    for index in range(50):
        assert httpx2.post(url, content=envelope(index), timeout=5).status_code == 200
    up.stop()
    up.start()
    engine = up.engine()
    wait_for(lambda: chaos.read_totals(engine), chaos.totals_of(50))
    engine.dispose()


def test_a_taken_port_is_said_with_what_to_do(up: Installation, tmp_path: Path) -> None:
    """The second one ends with 1 and names another port."""
    command = [
        sys.executable,
        "-m",
        "seatrial",
        "up",
        "--data",
        str(tmp_path / "other"),
        "--listen",
        up.settings.listen,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    assert "--listen" in done.stderr
    assert not (tmp_path / "other").exists()


def test_the_doctor_finds_an_installation_well_and_says_what_a_stopped_one_lacks(up: Installation) -> None:
    """Exit 0 while all is well; a partition that nobody reads is a fault with its advice."""
    wait_until(lambda: doctor(up)[0] == 0, "the doctor finds nothing")
    up.stop()
    wait_until(lambda: doctor(up)[0] == 1, "the doctor sees that nothing is read")
    faults = [check for check in doctor(up)[1] if check["fault"]]
    assert [check["name"] for check in faults] == ["age"]
    assert "start the consumers" in str(faults[0]["advice"])
    up.start()


def doctor(up: Installation) -> tuple[int, list[dict[str, object]]]:
    command = [sys.executable, "-m", "seatrial", "doctor", "--json"]
    done = subprocess.run(  # noqa: S603
        command, env=os.environ | up.environment, capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)["checks"]
