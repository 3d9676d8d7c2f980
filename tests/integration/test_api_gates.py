"""What a gate says while the evaluator, the store or we ourselves are broken: it never passes by mistake."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, update
from starlette.testclient import TestClient

from models.clock import SimulatedClock
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from tests.fakes.api import NOW, Serving, serving, serving_of
from tests.fakes.watching import NEW, OLD, Watching


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path}/store.db")
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def shop(engine: Engine) -> Watching:
    return Watching(engine)


@pytest.fixture
def client(engine: Engine, shop: Watching) -> Iterator[TestClient]:
    with serving_of(engine, shop.clock) as answering:
        yield answering


def _gate(client: TestClient, release: str = NEW, environment: str = "production") -> dict[str, Any]:
    answer = client.get(f"/api/v1/projects/shop/gate?release={release}&environment={environment}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _without_evaluator(shop: Watching, minutes: int = 30, hurt: int = 40) -> None:
    """The consumers go on, the evaluator is dead, and sessions of the new release are hurt."""
    for _ in range(minutes):
        shop.visits(NEW, 40, hurt=hurt)
        shop.skip(1)
    shop.visits(NEW, 1)
    shop.skip(0)


def _passed(shop: Watching) -> None:
    """A first deploy of the new release is watched until it may go on."""
    shop.deploy(NEW, 0.33, "started", id="a")
    for minute in range(100):
        shop.visits(NEW, 20, hurt=minute % 2)
        shop.visits(OLD, 40, hurt=1)
        shop.pass_time()


# The evaluator is dead ------------------------------------------------------------------------------------------------


def test_a_new_deploy_of_a_release_is_not_passed_by_the_one_before(shop: Watching, client: TestClient) -> None:
    """Deployed again after a failed attempt that had passed, and nobody evaluates: hold, without score or praise."""
    _passed(shop)
    assert _gate(client)["verdict"] == "continue"
    shop.deploy(NEW, state="failed", id="a")
    shop.pass_time(2)
    shop.deploy(NEW, 0.5, id="b")
    _without_evaluator(shop)

    told = _gate(client)

    assert (told["verdict"], told["score"], told["reasons"]) == ("hold", None, [])
    assert "not evaluated yet" in told["degraded"]
    assert told["degraded"] in told["sentence"]


def test_a_new_deploy_shows_nothing_of_the_one_before(shop: Watching, client: TestClient) -> None:
    """While its first evaluation may still come: too little data, and nothing is wrong."""
    _passed(shop)
    shop.deploy(NEW, state="failed", id="a")
    shop.pass_time(2)
    shop.deploy(NEW, 0.5, id="b")
    shop.skip(0)

    told = _gate(client)

    assert (told["verdict"], told["degraded"], told["reasons"]) == ("insufficient_data", None, [])
    shop.visits(NEW, 40)
    shop.pass_time()
    assert _gate(client)["as_of"] is not None


def test_a_release_that_was_never_evaluated_is_held(shop: Watching, client: TestClient) -> None:
    """No `insufficient_data` that `--on-unknown pass` would let through."""
    shop.deploy(NEW, 0.5, id="a")
    _without_evaluator(shop)

    told = _gate(client)

    assert (told["verdict"], told["score"]) == ("hold", None)
    assert "start the evaluator" in told["degraded"]
    row = next(one for one in client.get("/api/v1/projects/shop/releases").json()["items"] if one["release"] == NEW)
    assert (row["verdict"], row["score"], row["under_watch"]) == ("hold", None, False)


def test_a_release_that_nobody_deployed_is_held_too(shop: Watching, client: TestClient) -> None:
    """Its sessions inferred a deploy, which nobody evaluated."""
    _without_evaluator(shop)

    assert _gate(client)["verdict"] == "hold"


def test_a_release_that_nobody_knows_is_no_fault_of_ours(shop: Watching, client: TestClient) -> None:
    """Whoever asks for another name, or in another environment, gets too little data however dead the evaluator is."""
    shop.deploy(NEW, 0.5, id="a")
    _without_evaluator(shop)

    for release, environment in (("shop@9.9.9", "production"), (NEW, "staging")):
        told = _gate(client, release, environment)
        assert (told["verdict"], told["degraded"]) == ("insufficient_data", None)


def test_a_deploy_elsewhere_says_nothing_here(shop: Watching, client: TestClient) -> None:
    """A pass in one environment is none in another, nor is a deploy that waits there a fault here."""
    _passed(shop)
    shop.tell("seatrial.deploys", {"release": NEW, "environment": "staging", "state": "succeeded", "id": "s"})
    shop.skip(0)

    assert _gate(client)["verdict"] == "continue"
    assert _gate(client, environment="staging")["verdict"] == "insufficient_data"


def test_a_return_waits_for_no_evaluation(shop: Watching, client: TestClient) -> None:
    """What goes back to the release that was replaced is not judged: what was said of that release stays."""
    shop.deploy(NEW, id="a")
    shop.visits(NEW, 40)
    shop.pass_time(2)
    before = _gate(client, OLD)
    shop.deploy(OLD, id="back")
    shop.pass_time(3)

    told = _gate(client, OLD)

    assert (told["verdict"], told["degraded"]) == (before["verdict"], None)


def test_what_was_withdrawn_unseen_waits_for_no_evaluation(shop: Watching, client: TestClient) -> None:
    """There is nothing to judge, and nothing to pass."""
    shop.deploy(NEW, 0.5, id="a")
    shop.deploy(NEW, state="failed", id="a")
    shop.skip(10)
    shop.visits(OLD, 1)
    shop.skip(0)

    assert (_gate(client)["verdict"], _gate(client)["degraded"]) == ("insufficient_data", None)


def test_a_rollback_stays_while_we_are_broken(shop: Watching, client: TestClient) -> None:
    """Decided, carried out, and the evaluator dead: it is final, with its numbers."""
    shop.deploy(NEW, 0.3, id="a")
    for _ in range(6):
        shop.visits(OLD, 100, hurt=2)
        shop.visits(NEW, 40, hurt=20)
        shop.pass_time()
    assert _gate(client)["verdict"] == "rollback"
    shop.deploy(NEW, state="rolled_back", id="a")
    _without_evaluator(shop)

    told = _gate(client)

    assert told["verdict"] == "rollback"
    assert told["score"] is not None


# Faults of ours -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gate", "gates/argo"])
def test_a_judgement_that_cannot_be_read_is_a_hold(
    engine: Engine, shop: Watching, client: TestClient, kind: str
) -> None:
    """Five answers of 500 would make Argo roll back: whatever is the matter with us is 200 and JSON."""
    shop.deploy(NEW, 0.5, id="a")
    shop.pass_time(2)
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        connection.execute(update(tables.evaluation).values(judgement="cut o"))

    answer = client.get(f"/api/v1/projects/shop/{kind}?release={NEW}")

    told = answer.json().get("data", answer.json())
    assert (answer.status_code, told["verdict"]) == (200, "hold")
    assert "fault of Seatrial" in told["degraded"]
    assert "cut o" not in answer.text


def test_a_store_that_never_answers_is_a_hold() -> None:
    """A database that takes connections and is silent: the gate answers before Argo's 10 s are over."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        engine = open_engine(f"postgresql+psycopg://nobody@127.0.0.1:{port}/none?connect_timeout=60")
        with serving_of(engine, SimulatedClock(NOW)) as client:
            told = _gate(client)

    assert told["verdict"] == "hold"
    assert "did not answer within 5 s" in told["degraded"]


# As many queries for a list as for one --------------------------------------------------------------------------------


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Serving]:
    folder = tmp_path / "api"
    folder.mkdir()
    with serving(folder) as started:
        yield started


@pytest.mark.parametrize("path", ["/api/v1/projects/shop/releases", "/projects/shop/releases?environment=production"])
def test_a_list_asks_as_much_for_many_as_for_one(api: Serving, path: str, statements: list[str]) -> None:
    """Its queries do not grow with its rows."""
    asked = []
    for release in range(6):
        api.post("/deploys", {"release": f"shop@1.{release}", "environment": "production"})
        api.consume()
        statements.clear()
        assert f"shop@1.{release}" in api.client.get(path).text
        asked.append(len(statements))

    assert len(set(asked)) == 1


@pytest.fixture
def statements(api: Serving) -> list[str]:
    """What the store is asked from now on."""
    asked: list[str] = []
    event.listen(api.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    return asked
