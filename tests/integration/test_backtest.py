"""`seatrial policy backtest` and `diff` against a server that runs, on both stores."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import Engine, update

from api.app import Services, build_app
from api.intake.intake import build_intake
from models.store import tables
from models.store.queries.tokens import create_project
from models.wire import topics
from models.wire.topics import all_topics
from seatrial.cli.application import run
from seatrial.keys import StoredKeys
from tests.fakes.api import URL
from tests.fakes.log import MemoryLog
from tests.fakes.past import backtest, past_of
from tests.fakes.watching import NEW, OLD, WEBHOOK, Watching

THIRD = "shop@1.6.0"
AUTOMATIC = f'mode = "automatic"{WEBHOOK}'
CAREFUL = "false_rollbacks_per_1000 = 0.001\n"


@pytest.fixture
def shop(engine: Engine) -> Watching:
    """Two releases after the first: one that is bad and rolled back, one that is as good as before."""
    made = Watching(engine)
    made.apply(AUTOMATIC)
    made.deploy(NEW, 0.33, "started", id="bad")
    live(made, NEW, 6, hurt=4)
    made.deploy(NEW, state="rolled_back")
    made.deploy(THIRD, 0.33, "started", id="good")
    live(made, THIRD, 12, hurt=0)
    return made


def live(shop: Watching, release: str, minutes: int, hurt: int) -> None:
    """Each minute is looked at while it is open, too."""
    for _ in range(minutes):
        shop.visits(release, 20, hurt)
        shop.visits(OLD, 40, hurt=1)
        shop.look()
        shop.clock.set(shop.clock.now() + 20_000)
        shop.look()
        shop.pass_time(1)


@contextmanager
def served(shop: Watching) -> Iterator[str]:
    intake = build_intake(StoredKeys(shop.engine), MemoryLog(shop.clock, all_topics(1)).writer(), shop.clock)
    app = build_app(Services(shop.engine, intake, intake.appender, shop.clock, URL, open_on_loopback=True))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def command(address: str, name: str, *rest: str) -> int:
    return run(["policy", name, *rest, "--project", "shop", "--url", address])


def asked(address: str, capsys: pytest.CaptureFixture[str], file: Path, *rest: str) -> dict[str, Any]:
    assert command(address, "backtest", str(file), "--since", "1970-01-01", "--json", *rest) == 0
    captured = capsys.readouterr()
    assert captured.err == "", "in a pipe there is no bar"
    told: dict[str, Any] = json.loads(captured.out)
    return told


def test_the_policy_in_force_decides_what_was_decided(shop: Watching) -> None:
    """Of each minute, open ones too."""
    _, bad, good = backtest(shop)
    assert bad.as_recorded
    assert good.as_recorded
    for found, release in ((bad, NEW), (good, THIRD)):
        told = [(change.minute, change.verdict, change.provisional) for change in found.in_force.changes]
        assert told == [(one.minute, one.verdict, one.provisional) for one in shop.decisions(release)]
    assert bad.in_force.calls_for("rollback")
    assert any(change.provisional for change in bad.in_force.changes)


def test_a_backtest_prints_what_would_have_been(
    shop: Watching, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a budget so small, the bad release, which people confirmed, would have stayed."""
    file = tmp_path / "careful.toml"
    file.write_text(CAREFUL + AUTOMATIC)
    rollback = next(one for one in shop.decisions(NEW) if one.verdict == "rollback")
    shop.tell(topics.OUTCOMES, {"id": "o-1", "decision": rollback.decision, "label": "correct", "by": "ada"})
    shop.look()
    with served(shop) as address:
        told = asked(address, capsys, file)
        assert command(address, "backtest", str(file), "--since", "1970-01-01") == 0
        lines = capsys.readouterr().out.splitlines()
        newest = asked(address, capsys, file, "--releases", "1")
        none = asked(address, capsys, file, "--environment", "staging")
        assert command(address, "backtest", str(file), "--since", "1m", "--environment", "staging") == 0
        assert "nothing to replay" in capsys.readouterr().err
    assert (told["deploys"], told["in_force"]["rolled_back"], told["given"]["rolled_back"]) == (3, 1, 0)
    assert (told["in_force"]["of_bad"]["count"], told["given"]["of_bad"]["count"]) == (1, 0)
    assert [(one["release"], one["bad"]) for one in told["differing"]] == [(NEW, True)]
    assert any("the evidence ends with it" in text for text in told["not_known"])
    assert "1 deploy would have gone otherwise:" in lines
    assert (newest["deploys"], none["deploys"]) == (1, 0)


def test_a_file_is_held_against_the_policy_in_force(
    shop: Watching, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the server shows it, its secret masked."""
    file = tmp_path / "careful.toml"
    file.write_text(CAREFUL + AUTOMATIC)
    with served(shop) as address:
        assert command(address, "diff", str(file), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["from"] == "default@1"
    assert [one["key"] for one in told["differences"]] == ["false_rollbacks_per_1000"]


def test_a_token_reads_its_own_past_alone(shop: Watching, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another project's releases are not found by name either."""
    with shop.engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        create_project(connection, "blog", None, None, shop.clock.now())
    file = tmp_path / "policy.toml"
    file.write_text("")
    with served(shop) as address:
        arguments = ["policy", "backtest", str(file), "--since", "1970-01-01", "--json", "--url", address]
        assert run([*arguments, "--project", "blog"]) == 0
        assert json.loads(capsys.readouterr().out)["deploys"] == 0


def test_what_another_version_kept_is_counted_again(shop: Watching) -> None:
    """A state that cannot be read loses nothing but itself."""
    before = past_of(shop)
    with shop.engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        connection.execute(update(tables.evaluation).values(state=b'{"version": 9}'))
    assert past_of(shop) == before
