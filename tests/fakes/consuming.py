"""A consumer with what it needs around it, over any log and store: what tests of the consumers are written with."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Table

from analytics.correlation.sessions import CLASSES, FAILED
from analytics.statistics import sketch
from consumers.runtime import Consumer
from models.clock import SimulatedClock
from models.ports import Headers, Log, NewRecord, Store
from models.store import tables
from models.wire import topics
from tests.fakes.log import MemoryLog
from tests.fakes.store import FakeStore

NOON = 1_700_000_040_000
"""The first millisecond of a minute."""
MINUTE = 60_000
PROJECT = "shop"
FROM_INTAKE: Headers = (("ce_source", b"seatrial/intake"),)


class Consuming:
    """Two partitions a topic, one project, a clock that stands still."""

    def __init__(self, partitions: int = 2, settings: str = "") -> None:
        """``settings``: the document that the project applied."""
        self.clock = SimulatedClock(NOON)
        self.log = MemoryLog(self.clock, topics.all_topics(partitions))
        self.store = FakeStore()
        self.writer = self.log.writer()
        create_project(self.store)
        if settings:
            apply_settings(self.store, settings)
        self.consumer = Consumer(self.log, self.store, self.clock)

    def send(self, topic: str, value: Any, key: bytes | None = b"shop:1", headers: Headers = ()) -> None:
        """Append one message: bytes as they are, anything else as JSON."""
        self.writer.append(NewRecord(topic, key, encode(value), headers))
        self.writer.flush()

    def consume(self) -> int:
        """Step until nothing is left; how many messages there were."""
        return consume(self.consumer)

    def told(self, topic: str, *values: Any, headers: Headers = ()) -> "Consuming":
        """Send and consume."""
        for value in values:
            self.send(topic, value, headers=headers)
        self.consume()
        return self

    def later(self, minutes: int) -> None:
        self.clock.set(self.clock.now() + minutes * MINUTE)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        return self.store.rows(table)

    def fates(self) -> dict[tuple[str, str], int]:
        """The ledger by category and fate, over all partitions."""
        return fates_of(self.rows(tables.ledger))

    def dead(self) -> list[tuple[str, str]]:
        """Reason and detail of each dead letter."""
        return [(row["reason"], row["detail"]) for row in self.rows(tables.dead_letter)]


def consume(consumer: Consumer) -> int:
    total = 0
    while number := consumer.step(0.0):
        total += number
    return total


def apply_settings(store: Store, document: str) -> None:
    row = {"project": PROJECT, "version": 1, "document": document, "applied_by": "ada", "applied_at": NOON}
    with store.begin() as unit:
        unit.insert_new(tables.project_settings, [row])


def create_project(store: Store, name: str = PROJECT) -> None:
    row = {"project": name, "number": 1, "identity_key": b"key of " + name.encode(), "created_at": NOON}
    with store.begin() as unit:
        unit.insert_new(tables.project, [row])


def encode(value: Any) -> bytes | None:
    return value if isinstance(value, bytes | None) else json.dumps(value).encode()


def append(log: Log, records: Iterable[NewRecord]) -> None:
    writer = log.writer()
    for record in records:
        writer.append(record)
    writer.flush()
    writer.close()


def session(sid: str = "s1", status: str = "ok", **fields: Any) -> dict[str, Any]:
    """A session update; `release`, `environment` and what a message has beside the session may be named too."""
    named = ("release", "environment", "user_agent", "segments")
    attributes = {name: fields.pop(name) for name in named if name in fields}
    around = {name: fields.pop(name) for name in ("identity",) if name in fields}
    update = {"sid": sid, "status": status, "started": "2023-11-14T22:14:00Z", **fields}
    update["attrs"] = {"release": "shop@1.5.0"} | attributes
    return {"project": PROJECT, "session": update, **around}


def aggregates(*buckets: dict[str, Any], identifier: str | None = "a1", release: str = "shop@1.5.0") -> dict[str, Any]:
    counted = [{"started": "2023-11-14T22:14:00Z", **bucket} for bucket in buckets]
    value = {"project": PROJECT, "aggregates": counted, "attrs": {"release": release}}
    return value if identifier is None else value | {"id": identifier}


def error(name: str = "e1", *, handled: bool | None = False, kind: str = "ValueError", **fields: Any) -> dict[str, Any]:
    """An event of one exception; the id follows from ``name``."""
    mechanism = {} if handled is None else {"mechanism": {"handled": handled}}
    event = {
        "event_id": event_id(name),
        "release": "shop@1.5.0",
        "exception": {"values": [{"type": kind, **mechanism}]},
    }
    around = {key: fields.pop(key) for key in ("identity",) if key in fields}
    return {"project": PROJECT, "event": event | fields, **around}


def event_id(name: str) -> str:
    return uuid5(NAMESPACE_OID, name).hex


def only(rows: Sequence[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Some columns of rows."""
    return [tuple(row[name] for name in names) for row in rows]


def totals_of(rows: Callable[[Table], list[dict[str, Any]]]) -> dict[str, Any]:
    """What the tables come to, over all minutes and partitions. ``rows`` gives every row of a table."""
    cells: Counter[tuple[str, ...]] = Counter()
    for row in rows(tables.session_minute):
        for name in ("started", *CLASSES):
            cells[row["environment"], row["release"], name] += row[name]
    issues: Counter[tuple[str, ...]] = Counter()
    for row in rows(tables.issue_minute):
        for name in ("events", "unhandled"):
            issues[row["release"], row["issue"], name] += row[name]
    return {
        "sessions": +cells,
        **_segments_and_users(rows),
        "issues": +issues,
        "states": {(row["sid"], row["status"], row["errors"], row["release"]) for row in rows(tables.session)},
        "events": {(row["event_id"], row["issue"], row["identity"]) for row in rows(tables.event)},
        "feedback": {(row["feedback"], row["message"]) for row in rows(tables.feedback)},
        "deploys": {(row["fact"], row["release"]) for row in rows(tables.deploy_fact)},
        "anonymous": {(row["release"], row["issue"], row["host"]) for row in rows(tables.anonymous_failure)},
        "dead": Counter((row["reason"], row["detail"]) for row in rows(tables.dead_letter)),
        "fates": fates_of(rows(tables.ledger)),
    }


def _segments_and_users(rows: Callable[[Table], list[dict[str, Any]]]) -> dict[str, Any]:
    segments: Counter[tuple[str, ...]] = Counter()
    for row in rows(tables.segment_minute):
        for name in ("started", *CLASSES):
            segments[row["environment"], row["release"], row["segment"], row["value"], name] += row[name]
    failed: Counter[tuple[str, ...]] = Counter()
    for row in rows(tables.failed_user):
        for name in FAILED:
            failed[row["release"], row["segment"], row["value"], row["identity"], name] += row[name]
    users: dict[tuple[str, ...], frozenset[int]] = {}
    for row in rows(tables.user_sketch):
        if row["hour"] == 0:
            key = (row["release"], row["segment"], row["value"])
            users[key] = sketch.join((users.get(key, ()), sketch.load(row["hashes"])))
    return {"segments": +segments, "failed": +failed, "users": users}


def fates_of(ledger: Iterable[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """The ledger by category and fate, over all partitions."""
    sums: Counter[tuple[str, str]] = Counter()
    for row in ledger:
        sums[str(row["category"]), str(row["fate"])] += row["count"]
    return dict(sums)
