"""Envelopes recorded from unmodified SDKs, replayed through HTTP: each item has the fate stated here."""

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, func, select
from starlette.testclient import TestClient

from api.app import Services, build_app
from api.intake.intake import build_intake
from consumers.runtime import Consumer
from models.clock import SimulatedClock
from models.log.sqlite import SqliteLog
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.queries.ledger import ledger_of
from models.store.queries.tokens import create_project
from models.store.sql import SqlStore
from models.wire import messages
from models.wire.topics import ERRORS, FEEDBACK, LEDGER, SESSIONS, all_topics
from seatrial.keys import StoredKeys
from tests.fakes.consuming import consume
from tests.fakes.intake import KEY, NOW, NUMBER, PROJECT, Serving, serving

FOLDER = Path(__file__).parents[1] / "data" / "envelopes"

FATES: dict[str, list[tuple[str, str, int]]] = {
    "browser-01": [("session", "accepted", 1)],
    "browser-02": [("session", "accepted", 1)],
    "browser-03": [("error", "accepted", 1)],
    "browser-04": [("feedback", "accepted", 1)],
    "browser-05": [("error", "accepted", 1)],
    "browser-06": [("error", "accepted", 1), ("other", "filtered", 1)],
    "browser-07": [("session", "accepted", 1)],
    "browser-08": [("error", "accepted", 1)],
    "browser-09": [("error", "accepted", 1)],
    "browser-429exp-01": [("session", "accepted", 1)],
    "browser-429exp-02": [("session", "accepted", 1)],
    "browser-429exp-03": [("feedback", "accepted", 1)],
    "browser-429exp-04": [("session", "accepted", 1)],
    "browser-429exp-05": [("error", "dropped_by_client", 7)],
    "browser-429noexp-01": [("session", "accepted", 1)],
    "js-error-01": [("session", "accepted", 1)],
    "js-error-02": [("error", "accepted", 1)],
    "js-feedback-01": [("feedback", "accepted", 1)],
    "js-feedback-02": [("session", "accepted", 1)],
    "js-feedback-03": [("error", "accepted", 1)],
    "js-message-01": [("session", "accepted", 1)],
    "js-message-02": [("error", "accepted", 1)],
    "js-server-01": [("error", "accepted", 1)],
    "js-server-02": [("session", "accepted", 1)],
    "js-server-03": [("error", "accepted", 1)],
    "js-session-01": [("session", "accepted", 1)],
    "js-session-02": [("session", "accepted", 1)],
    "js-session-03": [("session", "accepted", 1)],
    "js-session-04": [("error", "accepted", 1)],
    "js-unhandled-01": [("session", "accepted", 1)],
    "js-unhandled-02": [("error", "accepted", 1)],
    "py-br-01": [("error", "accepted", 1)],
    "py-chained-01": [("error", "accepted", 1)],
    "py-feedback-01": [("error", "accepted", 1)],
    "py-feedback-02": [("feedback", "accepted", 1)],
    "py-flask-01": [("error", "accepted", 1)],
    "py-flask-02": [("error", "accepted", 1)],
    "py-flask-03": [("error", "accepted", 1)],
    "py-flask-04": [("session", "accepted", 1)],
    "py-flask-05": [("error", "dropped_by_client", 1)],
    "py-gzip-01": [("error", "accepted", 1)],
    "py-handled-01": [("error", "accepted", 1)],
    "py-message-01": [("error", "accepted", 1)],
    "py-session_app-01": [("error", "accepted", 1)],
    "py-session_app-02": [("session", "accepted", 1)],
    "py-session_ok-01": [("session", "accepted", 1)],
    "py-unhandled-01": [("error", "accepted", 1)],
}
EVENT_ID_KNOWN = {"error", "feedback"}


def replay(served: Serving, name: str) -> str | None:
    """Send a recording to intake alone."""
    served.client.headers.pop("x-sentry-auth", None)
    return send(served.client, name)


def send(client: TestClient, name: str) -> str | None:
    """Send a recording as its SDK did, and return the id in the answer."""
    recorded = json.loads((FOLDER / f"{name}.json").read_text())
    raw = FOLDER / f"{name}.raw"
    dropped = {"host", "content-length", "transfer-encoding", *([] if raw.exists() else ["content-encoding"])}
    headers = {key: value for key, value in recorded["headers"] if key.lower() not in dropped}
    body = (raw if raw.exists() else FOLDER / f"{name}.bin").read_bytes()
    answer = client.post(recorded["request"].split()[1], content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    identifier: str | None = answer.json().get("id")
    return identifier


def test_every_recording_has_a_stated_fate() -> None:
    """The table names each recording there is."""
    assert sorted(FATES) == sorted(path.stem for path in FOLDER.glob("*.bin"))


@pytest.mark.parametrize("name", FATES)
def test_each_item_has_its_fate(name: str) -> None:
    """A recorded request is answered 200, with an id where it holds an event, and its items have the stated fates."""
    with serving() as served:
        identifier = replay(served, name)
        assert dict(served.totals) == {(category, fate): count for category, fate, count in FATES[name]}
        taken = {category for category, fate, _ in FATES[name] if fate == "accepted"}
        assert (identifier is not None) == bool(taken & EVENT_ID_KNOWN)


def test_the_ledger_adds_up() -> None:
    """All recordings in one run: the log has what was accepted, and the ledger's topic tells every fate."""
    with serving() as served:
        for name in FATES:
            replay(served, name)
    expected: Counter[tuple[str, str]] = Counter()
    for fates in FATES.values():
        for category, fate, count in fates:
            expected[category, fate] += count
    told: Counter[tuple[str, str]] = Counter()
    for summary in served.values(LEDGER):
        assert summary["project"] == PROJECT.project
        for entry in summary["counts"]:
            told[entry["category"], entry["fate"]] += entry["count"]
    assert told == expected
    assert len(served.values(ERRORS)) == expected["error", "accepted"]
    assert len(served.values(SESSIONS)) == expected["session", "accepted"]
    assert len(served.values(FEEDBACK)) == expected["feedback", "accepted"]


def test_what_was_accepted_is_stored_and_the_ledger_adds_up(tmp_path: Path) -> None:
    """Each recording's items, through the real log, consumers and store; at the end nothing is in flight."""
    clock = SimulatedClock(NOW)
    engine = open_engine(f"sqlite:///{tmp_path}/store.db")
    migrate(engine)
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        create_project(connection, PROJECT.project, NUMBER, KEY, NOW)
    log = SqliteLog(tmp_path / "log.db", clock)
    log.admin().ensure(all_topics(2))
    writer = log.writer()
    intake = build_intake(StoredKeys(engine), writer, clock)
    app = build_app(Services(engine, intake, intake.appender, clock, "http://127.0.0.1", open_on_loopback=True))
    consumer = Consumer(log, SqlStore(engine), clock)
    settled: dict[str, dict[tuple[str, str], int]] = {}
    with TestClient(app) as client:
        for name in FATES:
            before = fates(engine)
            send(client, name)
            consume(consumer)
            settled[name] = dict(fates(engine) - before)
    consume(consumer)
    expected = {
        name: {(category, "stored"): count for category, fate, count in told if fate == "accepted"}
        for name, told in FATES.items()
    }
    assert settled == expected
    with engine.connect() as connection:
        ledger = ledger_of(connection, PROJECT.project)
    assert all(row["in_flight"] == 0 for row in ledger.values())
    assert {kind: row["received"] for kind, row in ledger.items() if row["received"]} == received()
    consumer.close()
    writer.close()
    engine.dispose()


def fates(engine: Engine) -> Counter[tuple[str, str]]:
    """What the consumers said of items so far."""
    table = tables.ledger.c
    query = select(table.category, table.fate, func.sum(table.count)).where(table.topic != "ledger")
    with engine.connect() as connection:
        rows = connection.execute(query.group_by(table.category, table.fate))
        return Counter({(row[0], row[1]): int(row[2]) for row in rows})


def received() -> dict[str, int]:
    counts: Counter[str] = Counter()
    for told in FATES.values():
        for category, _, number in told:
            counts[category] += number
    return dict(counts)


def test_sessions_and_errors_of_one_user_meet() -> None:
    """The browser's user has one identity in sessions, errors and feedback, and nothing personal stays beside it."""
    with serving() as served:
        for name in FATES:
            if name.startswith("browser-0"):
                replay(served, name)
    kept = [value for topic in (ERRORS, SESSIONS, FEEDBACK) for value in served.values(topic)]
    assert len({value["identity"] for value in kept}) == 1
    text = json.dumps(kept)
    assert "u-17" not in text
    assert "example.com" not in text
    assert "{{auto}}" not in text


def test_each_record_is_a_message_of_its_topic() -> None:
    """Every recorded item decodes as the message that the consumers read."""
    kinds: dict[str, type[msgspec.Struct]] = {
        ERRORS: messages.ErrorMessage,
        SESSIONS: messages.SessionMessage,
        FEEDBACK: messages.FeedbackMessage,
    }
    with serving() as served:
        for name in FATES:
            replay(served, name)
    for topic, kind in kinds.items():
        for record in served.log.records(topic):
            decoded = messages.decoder(kind).decode(record.value or b"")
            assert decoded.project == PROJECT.project
            assert dict(record.headers)["ce_source"] == b"seatrial/intake"
