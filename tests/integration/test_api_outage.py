"""The log down, as those see it who send, and those who watch: with a spool, everything goes on and is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.intake.keeping.spool import Spool
from api.intake.protection import Protection
from models.clock import SimulatedClock
from models.domain.ledger import Category
from models.wire.topics import DEPLOYS, ERRORS
from seatrial import doctor
from tests.fakes.api import NOW, Serving, serving
from tests.fakes.intake import envelope
from tests.real.installation import wait_until

DEPLOY = {"release": "shop@1", "environment": "production"}
EVENT = {"message": "boom", "release": "shop@1.0"}


def started(folder: Path, most: int) -> Iterator[Serving]:
    protection = Protection(spool=Spool(folder / "spool", most, SimulatedClock(NOW)))
    with serving(folder, protection=protection) as api:
        yield api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Serving]:
    yield from started(tmp_path, 1_000_000)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Serving]:
    """With room for nothing."""
    yield from started(tmp_path, 100)


def send(api: Serving) -> int:
    path = f"/api/{api.shop.number}/envelope/?sentry_key={api.shop.public_key}"
    return api.client.post(path, content=envelope(("event", EVENT))).status_code


def test_events_and_deploys_are_taken(api: Serving) -> None:
    """200 and 202 as ever, and the log has them once it is back."""
    api.log.down = True
    assert send(api) == 200
    assert api.post("/deploys", DEPLOY).status_code == 202
    assert api.values(ERRORS) == []
    api.log.down = False
    wait_until(lambda: api.values(ERRORS) and api.values(DEPLOYS), "the log has what was spooled")
    assert api.services.intake.tally.totals[Category.ERROR, "accepted"] == 1


def test_it_stays_in_service_and_says_why_it_should_not_last(api: Serving) -> None:
    """Were it taken out of service, what is sent would be lost; size and age stand in /readyz and /metrics."""
    api.log.down = True
    send(api)
    answer = api.client.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["faults"]) == (200, "ready", [])
    assert "the log did not take what was sent" in answer.json()["notes"][0]
    assert "wait in the spool" in answer.json()["notes"][1]
    assert answer.json()["spool"]["bytes"] > 0
    lines = api.client.get("/metrics").text.splitlines()
    assert any(line.startswith("seatrial_intake_spool_bytes ") and not line.endswith(" 0.0") for line in lines)
    assert "seatrial_intake_spool_age_seconds 0.0" in lines
    api.log.down = False
    wait_until(lambda: not api.client.get("/readyz").json()["notes"], "all is well again")
    assert api.client.get("/readyz").json() == {
        "status": "ready",
        "faults": [],
        "notes": [],
        "spool": {"bytes": 0, "age_seconds": 0.0},
    }


def test_what_was_set_aside_is_said_everywhere(tmp_path: Path) -> None:
    """As a note, in the metrics, and as a fault by the doctor; it is no reason to send nothing here any more."""
    aside = tmp_path / "spool" / "unreadable" / "000000001-1-aa"
    aside.mkdir(parents=True)
    (aside / "000000001-5.segment").write_bytes(b"x")
    for api in started(tmp_path, 1_000_000):
        answer = api.client.get("/readyz")
        assert (answer.status_code, "1 segment of the spool could not be read" in answer.text) == (200, True)
        assert "seatrial_intake_spool_unreadable 1.0" in api.client.get("/metrics").text.splitlines()
    check = doctor._spool(tmp_path / "spool", NOW)
    assert (check.fault, "1 segment could not be read" in check.finding) == (True, True)


def test_without_its_appender_it_is_not_ready(api: Serving) -> None:
    """Another instance takes what is sent; this one is to be started anew."""
    task = api.services.appender._task
    assert task is not None
    task.get_loop().call_soon_threadsafe(task.cancel)
    wait_until(lambda: api.client.get("/readyz").status_code == 503, "it says so")
    assert "intake has stopped appending" in api.client.get("/readyz").json()["faults"][0]
    assert send(api) == 503


def test_a_full_spool_refuses_and_is_not_ready(small: Serving) -> None:
    """503 with when to come again, each item counted; and another instance may still have room."""
    small.log.down = True
    assert send(small) == 503
    answer = small.post("/deploys", DEPLOY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert small.client.get("/readyz").status_code == 503
    assert dict(small.services.intake.tally.totals) == {("error", "rate_limited"): 1, ("deploy", "rate_limited"): 1}
    small.log.down = False
    assert send(small) in {200, 503}
    wait_until(lambda: send(small) == 200, "it takes events again")
    assert small.client.get("/readyz").status_code == 200
