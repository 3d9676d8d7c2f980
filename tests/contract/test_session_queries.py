"""The queries about sessions, users and crashes, and what expires, on an SQLite file and a real PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from analytics.correlation.crashes import Explained
from analytics.correlation.sessions import KEPT_MS, OLDEST_MS, SLACK_MS
from analytics.statistics import sketch
from api.crashed import crashed_by_issue
from api.release_health import adoption_of, segments_of, users_of
from consumers.evaluation.adopting import EVERY as ADOPTION_EVERY
from consumers.evaluation.adopting import Adoptions
from consumers.evaluation.expiring import EVERY, Expiry
from consumers.runtime import Consumer
from models.clock import SimulatedClock
from models.ports import NewRecord
from models.store import tables
from models.store.queries import releases
from models.store.queries.releases import Sessions
from models.store.sql import SqlStore
from models.wire.topics import ERRORS, FEEDBACK, SESSIONS, all_topics
from tests.fakes.consuming import aggregates, apply_settings, consume, create_project, encode, error, session
from tests.fakes.log import MemoryLog
from tests.fakes.rows import ENVIRONMENT, NEW, NOON, OLD, PROJECT, Rows

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
AT = NOON * MINUTE
"""The time of the first message, in ms."""
HERE = {"started": AT / 1000}


class Shop:
    """A consumer over a real store, a log in memory, and a clock that is set."""

    def __init__(self, engine: Engine, settings: str = "") -> None:
        self.engine, self.clock = engine, SimulatedClock(AT)
        self._log = MemoryLog(self.clock, all_topics(2))
        self.store = SqlStore(engine)
        create_project(self.store)
        if settings:
            apply_settings(self.store, settings)
        self.consumer = Consumer(self._log, self.store, self.clock)

    def told(self, topic: str, *values: dict[str, Any]) -> None:
        writer = self._log.writer()
        for place, value in enumerate(values):
            writer.append(_record(topic, place, value))
        writer.flush()
        consume(self.consumer)

    def later(self, milliseconds: int) -> None:
        self.clock.set(self.clock.now() + milliseconds)

    def sids(self) -> set[str]:
        with self.engine.connect() as connection:
            return set(connection.execute(select(tables.session.c.sid)).scalars())


def _record(topic: str, place: int, value: dict[str, Any]) -> NewRecord:
    return NewRecord(topic, f"{PROJECT}:{place}".encode(), encode(value))


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return Shop(engine)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        yield opened


def visit(sid: str, status: str = "exited", **fields: Any) -> dict[str, Any]:
    return session(sid, status, **({"started": AT / 1000, "release": NEW} | fields))


def failure(name: str, kind: str, user: str | None, at: int = AT, **fields: Any) -> dict[str, Any]:
    who = {"id": user} if user else None
    return error(name, kind=kind, user=who, timestamp=at / 1000, release=NEW, environment=ENVIRONMENT, **fields)


# Crashes --------------------------------------------------------------------------------------------------------------


def test_every_failed_session_is_of_an_issue_or_unexplained(shop: Shop, connection: Connection) -> None:
    """By user and time where a user is known, else by count; handled errors and other releases explain none."""
    shop.told(
        SESSIONS,
        visit("s1", "crashed", did="ada"),
        visit("s2", "unhandled", did="bob"),
        visit("s3", "abnormal", did="eve"),
        visit("s4", "crashed"),
        visit("s5", "exited", did="kim"),
        visit("s6", "crashed", did="ada", release=OLD),
        aggregates(HERE | {"exited": 9, "crashed": 2}, release=NEW),
    )
    shop.told(
        ERRORS,
        failure("e1", "KeyError", "ada", AT - MINUTE),
        failure("e2", "KeyError", "bob", AT - HOUR),
        failure("e3", "ValueError", "eve", handled=True),
        failure("e4", "TypeError", None, server_name="web-1"),
        failure("e5", "TypeError", None, server_name="web-1"),
    )
    found = crashed_by_issue(connection, PROJECT, ENVIRONMENT, NEW)
    assert (found.total, found.unexplained, sorted(found.by_issue.values())) == (6, 3, [1, 2])
    assert crashed_by_issue(connection, PROJECT, "staging", NEW) == Explained()
    assert crashed_by_issue(connection, PROJECT, ENVIRONMENT, OLD) == Explained(1, {}, 1)


# Users and segments ---------------------------------------------------------------------------------------------------


def test_users_are_counted_failed_or_unknown(shop: Shop, connection: Connection) -> None:
    """Each once, over all partitions; of a release whose sessions name none nothing is known."""
    shop.told(SESSIONS, *[visit(f"s{number}", did=f"u{number % 50}") for number in range(100)])
    shop.told(SESSIONS, visit("c1", "crashed", did="u1"), visit("c2", "crashed", did="u1"))
    shop.told(
        SESSIONS, visit("c3", "unhandled", did="u2"), aggregates(HERE | {"abnormal": 3, "did": "u3"}, release=NEW)
    )
    shop.told(SESSIONS, aggregates(HERE | {"exited": 9, "crashed": 1}, identifier="a2", release=OLD))
    found = users_of(connection, PROJECT, ENVIRONMENT, [NEW, OLD, "shop@0"])
    assert found[OLD] is found["shop@0"] is None
    users = found[NEW]
    assert users is not None
    assert (users["n"], users["error"], users["failed"]) == (50, 0.0, 3)
    assert (users["crash_free"]["value"], users["unhandled_free"]["value"]) == (1 - 1 / 50, 1 - 3 / 50)
    assert users["unhandled_free"]["low"] < users["unhandled_free"]["value"] < users["unhandled_free"]["high"]


def test_segments_have_their_sessions_and_users(engine: Engine, connection: Connection) -> None:
    """Those that the settings ask for; a user who uses two devices counts in both."""
    shop = Shop(engine, "segments = { os = true }")
    phone, desk = {"user_agent": "Android; Mobile"}, {"user_agent": "Windows"}
    shop.told(SESSIONS, visit("s1", did="ada", **phone), visit("s2", "crashed", did="bob", **phone))
    shop.told(SESSIONS, visit("s3", did="ada", **desk), visit("s4", **desk), visit("s5", **desk))
    android, windows = sorted(segments_of(connection, PROJECT, ENVIRONMENT, NEW), key=lambda one: str(one["value"]))
    assert (android["segment"], android["value"], windows["value"]) == ("os", "Android", "Windows")
    assert (android["sessions"]["started"], android["sessions"]["crashed"]) == (2, 1)
    assert (windows["sessions"]["started"], windows["sessions"]["crashed"]) == (3, 0)
    assert (android["users"]["n"], android["users"]["failed"], windows["users"]["n"]) == (2, 1, 1)
    assert android["crash_free"]["value"] == 0.5


# Adoption -------------------------------------------------------------------------------------------------------------


def test_adoption_is_a_share_of_the_last_day(engine: Engine, connection: Connection) -> None:
    """Of sessions and of users; a release that had a tenth once, and has not now, was replaced."""
    rows, adoptions = Rows(engine), Adoptions(engine)
    for release, minute in ((OLD, NOON), (NEW, NOON + 2_000), ("shop@2", NOON + 2_000)):
        rows.release(release, minute)
    rows.sessions(OLD, NOON, started=100)
    adoptions.tick(PROJECT, AT)
    rows.sessions(NEW, NOON + 2_000, started=91)
    rows.sessions(NEW, NOON + 2_001, 1, started=0, healthy=-1, crashed=1)
    rows.sessions("shop@2", NOON + 2_000, started=9)
    for release, users in ((NEW, range(6)), ("shop@2", range(4, 8))):
        hashes = sketch.dump(sketch.join([users]))
        rows.put(
            tables.user_sketch, environment=ENVIRONMENT, release=release, segment="", value="",
            hour=(NOON + 2_000) // 60, partition=0, hashes=hashes,
        )  # fmt: skip
    now = AT + 2_010 * MINUTE
    adoptions.tick(PROJECT, AT + ADOPTION_EVERY - 1)
    found = adoption_of(connection, PROJECT, ENVIRONMENT, [OLD, NEW, "shop@2"], now)
    assert [(one["sessions"], one["users"], one["stage"]) for one in found.values()] == [
        (0.0, 0.0, "replaced"),
        (0.91, 6 / 8, "adopted"),
        (0.09, 4 / 8, "low"),
    ]


def test_an_environment_without_sessions_says_so(connection: Connection) -> None:
    """Unknown, and not 0 %."""
    (found,) = adoption_of(connection, PROJECT, ENVIRONMENT, [NEW], AT).values()
    assert (found["sessions"], found["users"], found["stage"]) == (None, None, None)
    assert found["sentence"].startswith("unknown")


# What expires ---------------------------------------------------------------------------------------------------------


def test_a_state_goes_once_no_update_of_it_is_taken(shop: Shop) -> None:
    """Not before; a late update is then refused, and counts nothing twice."""
    shop.told(SESSIONS, visit("s1"), visit("s2", started=AT / 1000 + 3_600))
    expiry = Expiry(shop.engine)
    assert expiry.tick(AT, AT + KEPT_MS) == 0
    assert expiry.tick(AT + EVERY, AT + KEPT_MS + 1) == 1
    assert shop.sids() == {"s2"}
    shop.later(OLDEST_MS + SLACK_MS + 1)
    shop.told(SESSIONS, visit("s1", "crashed"), visit("s2", "errored", started=AT / 1000 + 3_600))
    with shop.engine.connect() as connection:
        rows = connection.execute(select(tables.session_minute)).mappings().all()
        assert sum(row["started"] for row in rows) == 2
        assert sum(row["crashed"] for row in rows) == 0
        assert sum(row["errored"] for row in rows) == 1


def test_failed_sessions_and_those_that_feedback_names_stay(shop: Shop) -> None:
    """Their issue, and the release of what was written, are asked for later."""
    shop.told(SESSIONS, visit("s1", "crashed"), visit("s2", "unhandled"), visit("s3"), visit("s4"))
    shop.told(FEEDBACK, {"project": PROJECT, "id": "f1", "message": "slow", "session_id": "s3"})
    assert Expiry(shop.engine).tick(AT, AT + 9 * DAY) == 1
    assert shop.sids() == {"s1", "s2", "s3"}


def test_of_many_a_bounded_number_goes_at_a_time(shop: Shop) -> None:
    """The watch is not held up by a big release that went out of use."""
    shop.told(SESSIONS, *[visit(f"s{number}") for number in range(20)])
    expiry = Expiry(shop.engine, at_once=8)
    gone = [expiry.tick(AT + number * EVERY, AT + 9 * DAY) for number in range(4)]
    assert gone == [8, 8, 4, 0]


def test_sketches_by_the_hour_go_and_those_of_all_time_stay(shop: Shop, connection: Connection) -> None:
    """Adoption looks back a day."""
    shop.told(SESSIONS, visit("s1", did="ada"))
    Expiry(shop.engine).tick(AT, AT + 26 * HOUR)
    assert connection.execute(select(tables.user_sketch.c.hour)).scalars().all() == [0]


def test_sessions_add_up_whatever_expires(shop: Shop, connection: Connection) -> None:
    """Counts are kept in minutes, not in states."""
    shop.told(SESSIONS, visit("s1"), visit("s2", "crashed"))
    Expiry(shop.engine).tick(AT, AT + 9 * DAY)
    counted = releases.sessions(connection, PROJECT, ENVIRONMENT, [NEW])
    assert counted[NEW] == Sessions(started=2, healthy=1, crashed=1)
