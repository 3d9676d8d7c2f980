"""Measures what the document about a big release costs: 100,000 sessions of 60,000 users.

Run: ``python -m benchmarks.release``. Takes five minutes. The rows come from real messages through the consumer, on
SQLite and on PostgreSQL. Printed is the median ms of each part of the document that reads sessions: for a release of
which two in a hundred sessions failed, and, as the worst there is, for one of which all did.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine

from api.crashed import crashed_by_issue
from api.release_document import release_document
from api.release_health import adoption_of, segments_of, users_of
from consumers.runtime import Consumer
from models.clock import SimulatedClock
from models.log.sqlite import SqliteLog
from models.ports import NewRecord
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.sql import SqlStore
from models.wire import topics
from tests.fakes.consuming import consume, create_project
from tests.real.postgres import RealPostgres
from tests.real.process import Missing

SESSIONS, USERS, ISSUES = 100_000, 60_000, 40
ROUNDS = 7
START = 1_795_000_000_000
PROJECT, ENVIRONMENT = "shop", "production"
REPORTED = 0.9
"""Of failed sessions, how many have an event."""
FAILING = {"shop@1.5.0": 0.02, "shop@1.6.0": 1.0}


def messages(release: str, failing: float) -> Iterator[NewRecord]:
    """A session a message, and beside most of those that failed an event."""
    chance = random.Random(release)
    attributes = {"release": release, "environment": ENVIRONMENT}
    for number in range(SESSIONS):
        user, at = f"user-{chance.randrange(USERS)}", (START + number * 100) / 1000
        failed = chance.random() < failing
        update = {"sid": f"{release}-{number}", "did": user, "started": at, "timestamp": at, "attrs": attributes}
        update["status"] = "unhandled" if failed else "exited"
        yield _record(topics.SESSIONS, number, {"project": PROJECT, "session": update})
        if failed and chance.random() < REPORTED:
            exception = {"type": f"Error{chance.randrange(ISSUES)}", "mechanism": {"type": "x", "handled": False}}
            event = {"event_id": f"{chance.getrandbits(128):032x}", "timestamp": at, "user": {"id": user}, **attributes}
            yield _record(
                topics.ERRORS, number, {"project": PROJECT, "event": event | {"exception": {"values": [exception]}}}
            )


def _record(topic: str, number: int, value: dict[str, object]) -> NewRecord:
    return NewRecord(topic, f"{PROJECT}:{number}".encode(), msgspec.json.encode(value))


def fill(engine: Engine, folder: Path) -> float:
    """Sessions and events a CPU-second of the consumer."""
    migrate(engine)
    clock = SimulatedClock(START)
    log = SqliteLog(folder / f"{engine.dialect.name}.log", clock)
    log.admin().ensure(topics.all_topics(4))
    create_project(SqlStore(engine))
    number = 0
    for release, failing in FAILING.items():
        writer = log.writer()
        for place, record in enumerate(messages(release, failing)):
            writer.append(record)
            number += 1
            if place % 2_000 == 0:
                writer.flush()
        writer.flush()
        writer.close()
    clock.set(START + 60_000)
    consumer = Consumer(log, SqlStore(engine), clock)
    with closing(consumer):
        begun = time.process_time()
        consume(consumer)
        return number / (time.process_time() - begun)


def measure(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.median(took)


def parts(connection: Connection, release: str) -> dict[str, Callable[[], object]]:
    place, now = (connection, PROJECT, ENVIRONMENT), START + 120_000
    return {
        "whose crash": lambda: crashed_by_issue(*place, release),
        "users": lambda: users_of(*place, [release]),
        "adoption": lambda: adoption_of(*place, [release], now),
        "segments": lambda: segments_of(*place, release),
        "whole document": lambda: release_document(*place, release, now, ""),
    }


@contextmanager
def stores(folder: Path) -> Iterator[list[str]]:
    addresses = [f"sqlite:///{folder}/store.db"]
    try:
        server = RealPostgres()
    except Missing as missing:
        print(f"PostgreSQL was left out: {missing}")
        yield addresses
        return
    with closing(server):
        yield [*addresses, server.create_database()]


def main() -> None:
    with tempfile.TemporaryDirectory() as name, stores(Path(name)) as addresses:
        for address in addresses:
            engine = open_engine(address)
            speed = fill(engine, Path(name))
            print(f"{engine.dialect.name}: {speed:,.0f} sessions and events a CPU-second of the consumer")
            for release, failing in FAILING.items():
                with engine.connect() as connection:
                    told = [f"{part} {measure(ask):.0f} ms" for part, ask in parts(connection, release).items()]
                print(f"  {SESSIONS:,} sessions, {failing:.0%} failed: {', '.join(told)}")
            engine.dispose()


if __name__ == "__main__":
    main()
