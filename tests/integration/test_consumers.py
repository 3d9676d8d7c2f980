"""The consumers on real logs and stores: the rows of the fakes, and nothing lost or doubled, whatever breaks."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import Engine, Table, select
from sqlalchemy.exc import OperationalError

from consumers.runtime import Consumer
from models.clock import SystemClock
from models.log.kafka import KafkaLog
from models.log.sqlite import SqliteLog
from models.ports import Log, NewRecord, Row, Store, UnitOfWork
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.sql import SqlStore
from models.wire import topics
from models.wire.times import to_text
from models.wire.topics import DEPLOYS, ERRORS, FEEDBACK, LEDGER, OUTCOMES, SESSIONS
from tests.fakes.consuming import (
    PROJECT,
    Consuming,
    aggregates,
    append,
    create_project,
    encode,
    error,
    session,
    totals_of,
)
from tests.real.topics import delete_topics

SECONDS = 60
"""How long anything here may take before the test fails."""
STATUSES = ("ok", "exited", "errored", "unhandled", "abnormal", "crashed")
STARTED = to_text(SystemClock().now())
"""Of a session that began five days ago no consumer takes anything."""


@dataclass(frozen=True, slots=True)
class Tier:
    log: Log
    engine: Engine

    @property
    def store(self) -> Store:
        return SqlStore(self.engine)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]

    def handled(self) -> int:
        """How many records the consumers have read, by the positions in the store."""
        return sum(row["next_offset"] for row in self.rows(tables.position))


@contextmanager
def tier(log: Log, address: str) -> Iterator[Tier]:
    engine = open_engine(address)
    migrate(engine)
    log.admin().ensure(topics.all_topics(2))
    create_project(SqlStore(engine))
    try:
        yield Tier(log, engine)
    finally:
        engine.dispose()


@pytest.fixture(params=["embedded", "kafka and postgresql"])
def real(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tier]:
    """Log and store of both tiers."""
    if request.param == "embedded":
        log: Log = SqliteLog(tmp_path / "log.db", SystemClock())
        address = f"sqlite:///{tmp_path / 'store.db'}"
    else:
        bootstrap = request.getfixturevalue("kafka").bootstrap
        delete_topics(bootstrap)
        log, address = KafkaLog(bootstrap), request.getfixturevalue("fresh_database")
    with tier(log, address) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tier]:
    """Each store, over the embedded log."""
    embedded = f"sqlite:///{tmp_path / 'store.db'}"
    address = embedded if request.param == "sqlite" else request.getfixturevalue("fresh_database")
    with tier(SqliteLog(tmp_path / "log.db", SystemClock()), address) as opened:
        yield opened


def message(topic: str, value: Any, key: bytes | None = b"shop:1") -> NewRecord:
    return NewRecord(topic, key, encode(value))


def mixed(number: int = 60) -> list[NewRecord]:
    """A bit of everything, duplicates and garbage included, in an order that a seed gives."""
    chance = random.Random(number)
    made = []
    for place in range(number):
        key = b"shop:%d" % (place % 7)
        errors = chance.randrange(2)
        made += [
            message(
                SESSIONS,
                session(f"s{place % 9}", chance.choice(STATUSES), errors=errors, did="ada", started=STARTED),
                key,
            ),
            message(ERRORS, error(f"e{place % 23}", user={"id": place % 23 % 5} if place % 23 % 2 else None), key),
            message(FEEDBACK, {"project": PROJECT, "id": f"f{place % 11}", "message": "slow"}, key),
        ]
        if place % 10 == 0:
            made += odd(place, key)
    return made


def odd(place: int, key: bytes) -> list[NewRecord]:
    deploy = {"project": PROJECT, "environment": "production", "release": f"shop@{place}", "id": f"d{place}"}
    counts = [{"category": "error", "fate": "accepted", "count": place}]
    return [
        message(
            SESSIONS,
            aggregates({"started": STARTED, "exited": place % 3, "crashed": 1}, identifier=f"a{place % 3}"),
            b"shop:a%d" % place,
        ),
        message(DEPLOYS, deploy, key),
        message(OUTCOMES, {"project": PROJECT, "label": "correct", "decision": f"d-{place}"}, key),
        message(LEDGER, {"project": PROJECT, "id": f"l{place}", "counts": counts}, key),
        message(ERRORS, b"garbage \x00\xff", key),
    ]


def expected(records: list[NewRecord]) -> dict[str, Any]:
    """What the fakes come to."""
    shop = Consuming()
    append(shop.log, records)
    shop.consume()
    return totals_of(shop.rows)


def run(consumers: list[Consumer], until: Callable[[], bool]) -> None:
    """Run consumers side by side until something is so."""
    stop = threading.Event()
    threads = [threading.Thread(target=consumer.run, args=[stop]) for consumer in consumers]
    for thread in threads:
        thread.start()
    try:
        deadline = time.monotonic() + SECONDS
        while not until() and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        stop.set()
        for thread in threads:
            thread.join(SECONDS)
    assert until(), "not everything was read in time"


def test_the_same_messages_give_the_same_rows(real: Tier) -> None:
    """On both tiers what they give in memory, to the last dead letter."""
    records = mixed()
    append(real.log, records)
    run([Consumer(real.log, real.store, SystemClock())], lambda: real.handled() == len(records))
    assert totals_of(real.rows) == expected(records)


def test_what_the_adapters_keep_of_a_batch_is_read_by_the_next_process(real: Tier) -> None:
    """A new consumer goes on from the store, though the log keeps everything."""
    records = mixed(30)
    for part in (records[:40], records[40:]):
        already = real.handled()
        append(real.log, part)
        read = already + len(part)
        run([Consumer(real.log, real.store, SystemClock())], lambda read=read: real.handled() == read)  # type: ignore[misc]
    assert totals_of(real.rows) == expected(records)


def test_two_that_believe_they_own_everything_count_everything_once(real: Tier) -> None:
    """As after a rebalance that one of them slept through: the store fences whoever comes second."""
    records = mixed(200)
    groups = [Consumer(real.log, SlowStore(real.store), SystemClock(), group=name) for name in ("seatrial", "zombie")]
    feeder = threading.Thread(target=feed, args=[real.log, records])
    feeder.start()
    run(groups, lambda: real.handled() == len(records))
    feeder.join(SECONDS)
    assert totals_of(real.rows) == expected(records)


def feed(log: Log, records: list[NewRecord], ready: Callable[[], bool] = lambda: True) -> None:
    """Append little by little, so that there are many batches, from when everybody is ready."""
    while not ready():
        time.sleep(0.01)
    with closing(log.writer()) as writer:
        for start in range(0, len(records), 10):
            for record in records[start : start + 10]:
                writer.append(record)
            writer.flush()
            time.sleep(0.005)


class SlowStore:
    """Takes its time before and after it reads, so that what two consumers do at once overlaps."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self) -> UnitOfWork:
        time.sleep(random.random() / 100)
        unit = self._store.begin()
        return _Unit(unit, unit.__exit__, lambda: time.sleep(0.01))


class InterruptedStore:
    """Cuts off units of work: some before their end, some after it, as a crash would."""

    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._chance = random.Random(seed)
        self.before = self.after = 0

    def begin(self) -> UnitOfWork:
        unit = self._store.begin()
        leave = unit.__exit__

        def interrupted(*raised: Any) -> None:
            luck = self._chance.random() if raised[0] is None else 1.0
            if luck < 0.2:
                self.before += 1
                cut = crash()
                leave(type(cut), cut, None)
                raise cut
            leave(*raised)
            if luck < 0.4:
                self.after += 1
                raise crash()

        return _Unit(unit, interrupted, lambda: None)


class _Unit:
    """A unit of work with another end, and with something to do after it has read."""

    def __init__(self, unit: UnitOfWork, leave: Callable[..., None], after_reading: Callable[[], None]) -> None:
        self._unit = unit
        self._leave = leave
        self._after_reading = after_reading

    def __enter__(self) -> Self:
        self._unit.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._leave(*raised)

    def fetch(self, table: Table, keys: Sequence[Row], *, hold: bool = True) -> list[dict[str, Any]]:
        rows = self._unit.fetch(table, keys, hold=hold)
        self._after_reading()
        return rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


def crash() -> OperationalError:
    return OperationalError("COMMIT", None, Exception("cut off by the test"))


def test_a_batch_that_is_cut_off_loses_and_doubles_nothing(database: Tier) -> None:
    """Before its commit it leaves nothing; after it, it is not read again."""
    records = mixed(120)
    store = InterruptedStore(database.store, seed=1)
    consumer = Consumer(database.log, store, SystemClock())
    for start in range(0, len(records), 10):
        append(database.log, records[start : start + 10])
        step_through(consumer)
    while database.handled() < len(records):
        step_through(consumer)
    assert totals_of(database.rows) == expected(records)
    assert store.before > 3
    assert store.after > 3


def step_through(consumer: Consumer) -> None:
    try:
        while consumer.step(0.0):
            pass
    except Exception as error:
        if "cut off by the test" not in str(error):
            raise


def test_one_session_in_several_partitions_counts_once(database: Tier) -> None:
    """A producer without keys: two consumers then write one session at the same time, and neither forgets the other."""
    chance = random.Random(1)
    records = [
        message(
            SESSIONS,
            session(f"s{place // 20}", chance.choice(STATUSES[:-1]), errors=place, started=STARTED),
            b"shop:%d" % place,
        )
        for place in range(600)
    ]
    members = [Consumer(database.log, SlowStore(database.store), SystemClock(), name) for name in ("one", "two")]
    feeder = threading.Thread(target=feed, args=[database.log, records, lambda: share_all(members)])
    feeder.start()
    run(members, lambda: database.handled() == len(records))
    feeder.join(SECONDS)
    assert totals_of(database.rows) == expected(records)


def share_all(members: list[Consumer]) -> bool:
    """Whether each member has half of the partitions."""
    return [member.health()["partitions"] for member in members] == [len(topics.CONSUMED)] * len(members)


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "￿", "x" * 9_000, "\U0001f6a2" * 60, "'; DROP TABLE event; --"])
def test_no_text_in_any_field_stops_a_consumer(database: Tier, text: str) -> None:
    """It is stored, or a dead letter; what comes after it is stored."""
    deploy = {
        "project": PROJECT,
        "environment": "e",
        "release": "r",
        "id": text,
        "by": text,
        "replaces": text,
        "url": text,
    }
    feedback = {"project": PROJECT, "message": text, "id": text, "url": text, "user": text, "session_id": text}
    records = [
        message(
            ERRORS, error(release=text, environment=text, server_name=text, kind=text, user={"id": text}, level=text)
        ),
        message(SESSIONS, session(sid=text[:60], did=text, release=text[:200], environment=text[:60], started=STARTED)),
        message(SESSIONS, aggregates({"crashed": 1, "did": text}, identifier=text[:200])),
        message(FEEDBACK, feedback),
        message(DEPLOYS, deploy),
        message(OUTCOMES, {"project": PROJECT, "label": "correct", "decision": text}),
        message(OUTCOMES, {"project": PROJECT, "label": "correct", "release": "r", "environment": text[:60]}),
        message(LEDGER, {"project": PROJECT, "id": text[:200], "counts": []}),
        message(ERRORS, error("e") | {"project": text}, text.encode() + b":1"),
        NewRecord(FEEDBACK, None, encode(feedback), (("ce_id", text.encode()), ("ce_source", text.encode()))),
        message(SESSIONS, session("good", started=STARTED)),
    ]
    append(database.log, records)
    step_through(Consumer(database.log, database.store, SystemClock()))
    assert database.handled() == len(records)
    assert ("good", 0, 0, "shop@1.5.0") in totals_of(database.rows)["states"]
