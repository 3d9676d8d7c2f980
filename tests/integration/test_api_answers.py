"""What the API answers of a release that was rolled back: the numbers agree, and each has the address of its rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Engine, insert
from starlette.testclient import TestClient

from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.wire import topics
from models.wire.schemas import schema
from tests.fakes.api import serving_of
from tests.fakes.watching import NEW, OLD, Watching
from tests.real.postgres import Database


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Watching]]:
    folder: Path = tmp_path_factory.mktemp("store")
    engine = open_engine(f"sqlite:///{folder}/store.db")
    yield engine, _tell(engine)
    engine.dispose()


@pytest.fixture
def client(store: tuple[Engine, Watching]) -> Iterator[TestClient]:
    engine, shop = store
    with serving_of(engine, shop.clock) as answering:
        yield answering


def _tell(engine: Engine) -> Watching:
    """``NEW`` beside ``OLD``, hurting its users by a new error until it is to be rolled back."""
    migrate(engine)
    shop = Watching(engine)
    shop.errors(OLD, 2, "TimeoutError")
    shop.pass_time()
    shop.deploy(NEW, 0.3, id="run-7", by="ana", commits=[{"id": "a1", "message": "round totals", "author": "li"}])
    for _ in range(6):
        shop.visits(OLD, 100, hurt=2)
        shop.visits(NEW, 40, hurt=10)
        shop.errors(NEW, 5, "DivisionByZero")
        shop.errors(NEW, 1, "TimeoutError")
        shop.pass_time()
    for number in range(7):
        told = {"id": f"f-{number}", "message": "total shows an error at checkout", "release": NEW, "rating": 1}
        shop.tell(topics.FEEDBACK, told | {"environment": "production", "user": f"u{number // 2}"})
    shop.pass_time(2)
    _say(engine, shop.decisions()[-1].decision, shop.clock.now())
    return shop


def _say(engine: Engine, decision: str, now: int) -> None:
    row = {"project": "shop", "outcome": "o-1", "decision": decision, "label": "correct", "said_by": "ana"}
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        connection.execute(insert(tables.outcome).values(row | {"booked_at": now}))


def _get(client: TestClient, path: str) -> Any:
    answer = client.get(f"/api/v1/projects/shop{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def _rows(client: TestClient, address: str) -> list[Any]:
    """All rows behind an address of ours, over pages of two."""
    parts = urlsplit(address)
    items: list[Any] = []
    cursor = ""
    while True:
        page = client.get(f"{parts.path}?{parts.query}&limit=2&cursor={cursor}").json()
        items += page["items"]
        if not page["next"]:
            return items
        cursor = page["next"]


def test_the_documents_are_as_their_schemas_say(client: TestClient) -> None:
    """Every key is there, and nothing but what the schema names."""
    found = _get(client, f"/releases/{NEW}")
    Draft202012Validator(schema("report.v1")).validate(found)
    assert set(found) == set(schema("report.v1")["properties"])
    assert set(_get(client, f"/gate?release={NEW}")) == set(schema("gate.v1")["properties"])


def test_the_release(client: TestClient) -> None:
    """The document tells the story from the deploy to the rollback, and adds up."""
    found = _get(client, f"/releases/{NEW}")
    sessions = found["facts"]["sessions"]
    assert sessions["started"] == 240
    assert sum(count for name, count in sessions.items() if name != "started") == 240
    rate = found["facts"]["unhandled_free"]
    assert (rate["value"], rate["n"], found["facts"]["crash_free"]["value"]) == (180 / 240, 240, 1.0)
    assert rate["low"] < rate["value"] < rate["high"]
    assert found["gate"]["verdict"] == "rollback"
    kinds = [step["kind"] for step in found["timeline"]]
    assert kinds[0] == "deploy"
    assert {"decision", "outcome"} <= set(kinds)
    assert [step["at"] for step in found["timeline"]] == sorted(step["at"] for step in found["timeline"])
    assert found["facts"]["commits"] == [{"id": "a1", "message": "round totals", "author": "li"}]
    assert found["facts"]["users_with_feedback"] == 4
    assert 0 < len(found["series"]) <= 200
    assert found["issues"]["items"][0]["state"] == "new_here"
    counts = found["issues"]["counts"]
    assert counts.pop("all") == sum(counts.values()) == 2
    assert counts == {"new_here": 1, "came_back": 0, "getting_worse": 0, "seen_before": 1, "fixed_here": 0}
    crashed = found["crashed"]
    assert crashed["total"] == 60 == sum(one["sessions"] for one in crashed["issues"]) + crashed["unexplained"]
    assert {one["issue"]: one["crashed_sessions"] for one in found["issues"]["items"] if one["crashed_sessions"]} == {
        one["issue"]: one["sessions"] for one in crashed["issues"]
    }


@pytest.mark.parametrize(
    ("link", "count"),
    [("issues", 2), ("new_here", 1), ("seen_before", 1), ("feedback", 7)],
)
def test_each_count_leads_to_its_rows(client: TestClient, link: str, count: int) -> None:
    """The address of a count lists exactly so many rows, over all pages."""
    assert len(_rows(client, _get(client, f"/releases/{NEW}")["links"][link])) == count


def test_decisions(client: TestClient) -> None:
    """Each decision of the document is in the list, and the log says how often it was right."""
    document = _get(client, f"/releases/{NEW}")
    listed = _rows(client, document["links"]["decisions"])
    assert [one["decision"] for one in listed] == [one["decision"] for one in document["decisions"]]
    record = _get(client, "/decisions")["track_record"]
    assert (record["alarms"], record["correct"]) == (1, 1)
    assert "1 was right" in record["sentence"]


def test_one_decision(client: TestClient) -> None:
    """It has its gate as it was decided, its frozen evidence, and what was said of it."""
    newest = _get(client, f"/releases/{NEW}")["decisions"][0]["decision"]
    found = _get(client, f"/decisions/{newest}")
    assert found["document"]["schema"] == "gate.v1"
    assert found["evidence"]["minutes"]
    assert found["evidence"]["state"]
    assert found["outcomes"][0]["by"] == "ana"


def test_the_list_agrees_with_gate_and_document(client: TestClient) -> None:
    """Verdict, score, sessions and counts of a release are the same wherever they stand."""
    row = next(one for one in _get(client, "/releases")["items"] if one["release"] == NEW)
    gate, document = _get(client, f"/gate?release={NEW}"), _get(client, f"/releases/{NEW}")
    assert (row["verdict"], row["score"], row["decision"]) == (gate["verdict"], gate["score"], gate["decision"])
    for name in ("sessions", "crash_free", "unhandled_free", "users", "adoption"):
        assert row[name] == document["facts"][name]
    assert row["issues"] == document["issues"]["counts"]["all"]
    assert row["hurt"] == document["facts"]["hurt"]
    assert row["feedback"] == document["feedback"]["count"]


def test_an_issue(client: TestClient) -> None:
    """By name and by id it is the same issue, with each release that had it, and why its events are one."""
    by_name = _get(client, "/issues/shop-1")
    assert by_name == _get(client, f"/issues/{by_name['issue']}")
    assert sum(one["events"] for one in by_name["releases"]) == by_name["events"]
    assert by_name["sample"]["event"]["exception"]
    why = _get(client, f"/issues/{by_name['issue']}/why")
    assert why["version"] == "grouping/v2"
    assert why["rule"] == "type and value"
    assert why["tree"]["contributes"]
    assert [one["kind"] for one in why["keys"]] == ["message alone"]


def test_an_event(client: TestClient) -> None:
    """What became of it, with its issue's name."""
    sample = _get(client, "/issues/SHOP-1")["sample"]
    found = _get(client, f"/events/{sample['event_id']}")
    assert (found["fate"], found["issue"]) == ("stored", "SHOP-1")
    assert found["sample"] == sample["event"]


def test_the_ledger_adds_up(client: TestClient) -> None:
    """Of each category, what was received is the sum of its fates."""
    for fates in _get(client, "/ledger").values():
        assert fates["received"] == sum(count for name, count in fates.items() if name != "received")


@pytest.mark.parametrize(
    ("form", "kind"), [("markdown", "text/markdown"), ("html", "text/html"), ("json", "application/json")]
)
def test_the_report(client: TestClient, form: str, kind: str) -> None:
    """In each format, with the same verdict; the HTML may load nothing."""
    answer = client.get(f"/api/v1/projects/shop/releases/{NEW}/report?format={form}")
    assert answer.headers["content-type"].startswith(kind)
    assert ("rollback" if form == "json" else "✖ Roll back") in answer.text
    if form == "html":
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert client.get(f"/api/v1/projects/shop/releases/{NEW}/report?format=pdf").status_code == 422


@pytest.mark.parametrize(
    "path",
    [f"/releases/{NEW}", "/releases?limit=1", "/issues", f"/issues?release={NEW}&state=new_here", "/issues/SHOP-1"],
)
def test_postgresql_answers_the_same(client: TestClient, of_postgres: TestClient, path: str) -> None:
    """The same story in the other database gives the same answers, letter for letter."""
    assert _get(of_postgres, path) == _get(client, path)


def test_metrics_on_postgresql(of_postgres: TestClient) -> None:
    """The questions of the metrics are understood there too."""
    assert "seatrial_store_up 1.0" in of_postgres.get("/metrics").text


@pytest.fixture(scope="module")
def of_postgres(postgres: Database) -> Iterator[TestClient]:
    address = postgres.create_database()
    engine = open_engine(address)
    with serving_of(engine, _tell(engine).clock) as answering:
        yield answering
    engine.dispose()
    postgres.drop_database(address)
