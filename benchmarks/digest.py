"""Measures the way from the log to queryable rows: events of 13 KB per CPU-second of the consumer.

Run: ``python -m benchmarks.digest``. Takes two minutes. The tiers are SQLite for log and store, and Apache Kafka with
PostgreSQL. The consumer's own process is counted, all its threads, with its clients of the log and the database; what
broker and database used is printed beside it. Each round has events of its own, none of them alike; median of five
rounds, the tiers in turn. The floor is 1,000.
"""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Engine, func, select

from consumers.runtime import Consumer
from models.clock import SystemClock
from models.log.kafka import KafkaLog
from models.log.sqlite import SqliteLog
from models.ports import Log, NewRecord, Store
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.sql import SqlStore
from models.wire import topics
from tests.real.kafka import RealKafka
from tests.real.postgres import RealPostgres
from tests.real.process import Missing
from tests.real.topics import delete_topics

EVENTS = 4_000
ROUNDS = 5
POLL_SECONDS = 0.5
FLOOR = 1_000
CAUSES = 150
USERS = 2_000


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    log: Callable[[], Log]
    """A new, empty log."""
    open: Callable[[], Engine]
    servers: tuple[int, ...] = ()
    """The processes that do, or whose children do, the work of broker and database."""


@dataclass(frozen=True, slots=True)
class Round:
    per_cpu_second: float
    per_second: float
    stored_bytes: float
    server_seconds: float


def event(chance: random.Random, number: int, causes: int = CAUSES) -> bytes:
    """About 13 KB of JSON, as an SDK sends them: frames with their source, local variables, breadcrumbs, contexts."""
    cause = chance.randrange(causes)
    value = {
        "project": "shop",
        "identity": f"{chance.randrange(USERS):032x}",
        "event": {
            "event_id": f"{chance.getrandbits(128):032x}",
            "timestamp": "2026-08-29T12:00:00Z",
            "release": f"shop@1.{chance.randrange(3)}.0",
            "environment": "production",
            "server_name": f"web-{chance.randrange(9)}",
            "exception": {"values": [_exception(chance, cause, number)]},
            "breadcrumbs": {"values": [_breadcrumb(chance) for _ in range(25)]},
            "contexts": {"runtime": {"name": "CPython", "version": "3.11.9"}, "trace": {"trace_id": _text(chance, 32)}},
            "tags": {name: _text(chance, 8) for name in ("shop", "region", "plan")},
        },
    }
    return msgspec.json.encode(value)


def _exception(chance: random.Random, cause: int, number: int) -> dict[str, object]:
    frames = [_frame(chance, f"f{cause}_{depth}") for depth in range(14)]
    mechanism = {"type": "generic", "handled": chance.choice([False, True])}
    value = f"order {number} failed"
    return {"type": f"Error{cause}", "value": value, "mechanism": mechanism, "stacktrace": {"frames": frames}}


def _frame(chance: random.Random, function: str) -> dict[str, object]:
    source = [_text(chance, 40) for _ in range(6)]
    return {
        "function": function,
        "module": "shop.checkout",
        "filename": "shop/checkout.py",
        "abs_path": "/app/shop/checkout.py",
        "lineno": chance.randrange(2_000),
        "in_app": True,
        "pre_context": source[:3],
        "context_line": _text(chance, 40),
        "post_context": source[3:],
        "vars": {name: _text(chance, 12) for name in ("order", "customer", "basket", "price")},
    }


def _breadcrumb(chance: random.Random) -> dict[str, object]:
    return {
        "timestamp": "2026-08-29T11:59:00Z",
        "category": "query",
        "level": "info",
        "message": f"the order {_text(chance, 60)} was read",
        "data": {"duration": chance.random()},
    }


def _text(chance: random.Random, length: int) -> str:
    return f"{chance.getrandbits(4 * length):0{length}x}"


def fill(log: Log, seed: int) -> int:
    """Append a round's events; their bytes."""
    log.admin().ensure(topics.all_topics(4))
    chance, size = random.Random(seed), 0
    with closing(log.writer()) as writer:
        for number in range(EVENTS):
            value = event(chance, number)
            size += len(value)
            writer.append(NewRecord(topics.ERRORS, b"shop:%d" % number, value, (("ce_source", b"seatrial/intake"),)))
        writer.flush()
    return size


def digest(log: Log, store: Store) -> tuple[float, float]:
    """Consume everything; the CPU-seconds and seconds that it took."""
    consumer = Consumer(log, store, SystemClock())
    wall, cpu, left = time.perf_counter(), time.process_time(), EVENTS
    while left > 0:
        left -= consumer.step(POLL_SECONDS)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    consumer.close()
    return spent


def measure(tier: Tier, seed: int) -> Round:
    log = tier.log()
    fill(log, seed)
    engine = tier.open()
    with prepared(engine):
        before = seconds_of(tier.servers)
        cpu, wall = digest(log, SqlStore(engine))
        stored = bytes_of(engine)
        server = seconds_of(tier.servers) - before
        check(engine)
    return Round(EVENTS / cpu, EVENTS / wall, stored / EVENTS, server)


@contextmanager
def prepared(engine: Engine) -> Iterator[None]:
    migrate(engine)
    with SqlStore(engine).begin() as unit:
        unit.insert_new(tables.project, [{"project": "shop", "number": 1, "identity_key": b"key", "created_at": 0}])
    try:
        yield
    finally:
        engine.dispose()


def check(engine: Engine) -> None:
    """Every event is queryable, and was counted once."""
    with engine.connect() as connection:
        events = connection.execute(select(func.count()).select_from(tables.event)).scalar()
        counted = connection.execute(select(func.sum(tables.issue_minute.c.events))).scalar()
    if not events == counted == EVENTS:
        message = f"{events} events are stored and {counted} are counted, of {EVENTS}"
        raise RuntimeError(message)


def bytes_of(engine: Engine) -> int:
    """What the store takes on the disk, indexes included."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar() or 0)


def seconds_of(servers: tuple[int, ...]) -> float:
    """CPU-seconds of processes and of their living children. Fields of ``/proc/PID/stat`` after the name."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        if int(stat.parent.name) in servers or int(fields[1]) in servers:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def main() -> None:
    with ExitStack() as stack, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tiers = [Tier("SQLite", lambda: sqlite_log(folder), lambda: sqlite_store(folder))]
        try:
            tiers.append(distributed(stack))
        except Missing as missing:
            print(missing)
        size = fill(SqliteLog(folder / "size.db", SystemClock()), 0) / EVENTS
        rounds = [
            [measure(tier, len(tiers) * turn + place + 1) for place, tier in enumerate(tiers)] for turn in range(ROUNDS)
        ]
        report(tiers, rounds, size)


def sqlite_log(folder: Path) -> Log:
    return SqliteLog(folder / f"log-{time.time_ns()}.db", SystemClock())


def sqlite_store(folder: Path) -> Engine:
    return open_engine(f"sqlite:///{folder / f'store-{time.time_ns()}.db'}")


def distributed(stack: ExitStack) -> Tier:
    """A broker and a database of its own; raises `Missing`."""
    database = stack.enter_context(closing(RealPostgres()))
    broker = RealKafka()
    broker.start()
    stack.callback(broker.close)

    def log() -> Log:
        delete_topics(broker.bootstrap)
        return KafkaLog(broker.bootstrap)

    name = f"{broker.version}, {database.version}"
    return Tier(name, log, lambda: open_engine(database.create_database()), (broker.pid, database.pid))


def report(tiers: list[Tier], rounds: list[list[Round]], size: float) -> None:
    print(f"{EVENTS} events of {size / 1024:.1f} KB, {CAUSES} causes; median of {ROUNDS} rounds")
    print(
        f"{'':40}{'per CPU-second of ours':>24}{'per second':>12}{'stored bytes an event':>23}{'CPU-s of servers':>19}"
    )
    for tier, figures in zip(tiers, zip(*rounds, strict=True), strict=True):
        ours = statistics.median(one.per_cpu_second for one in figures)
        wall = statistics.median(one.per_second for one in figures)
        stored = statistics.median(one.stored_bytes for one in figures)
        server = statistics.median(one.server_seconds for one in figures)
        print(f"{tier.name:40}{ours:>24,.0f}{wall:>12,.0f}{stored:>23,.0f}{server:>19.1f}")
        if ours < FLOOR:
            print(f"  below the floor of {FLOOR:,}")


if __name__ == "__main__":
    main()
