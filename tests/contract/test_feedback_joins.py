"""How feedback is joined, on both stores: by its event, else its session, else its user's last error before it."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from models.store import tables
from models.store.queries import feedback
from models.store.queries.feedback_joins import WINDOW_MS, JoinedBy
from tests.fakes.rows import ENVIRONMENT, NEW, OLD, PROJECT, Rows

AT = 1_795_390_740_000
ADA, BOB = "a" * 32, "b" * 32
Joined = tuple[str, str | None, str | None, str]
"""How it is joined, its issue, its release, its environment."""


@pytest.fixture
def rows(engine: Engine) -> Rows:
    return Rows(engine)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as opened:
        yield opened


def event(number: int, **more: Any) -> tuple[str, dict[str, Any]]:
    told: dict[str, Any] = {
        "event_id": bytes([number]) * 16,
        "issue": f"i-{number}",
        "release": OLD,
        "environment": ENVIRONMENT,
    }
    told |= {"identity": ADA, "handled": False, "occurred_at": AT - 1_000, "booked_at": AT}
    return "event", told | more


def session(sid: str, **more: Any) -> tuple[str, dict[str, Any]]:
    told: dict[str, Any] = {
        "sid": sid,
        "release": NEW,
        "environment": "staging",
        "started": AT - 7_200_000,
        "origin_at": 0,
    }
    told |= {"identity": ADA, "identity_started": 0, "identity_at": 0, "last_seen": AT, "status": 0, "errors": 0}
    return "session", told | {"updates": ""} | more


def said(**more: Any) -> tuple[str, dict[str, Any]]:
    told: dict[str, Any] = dict.fromkeys(column.name for column in tables.feedback.columns)
    del told["project"]
    told |= {"feedback": "f-1", "message": "slow", "environment": "", "identity": ADA}
    return "feedback", told | {"occurred_at": AT, "booked_at": AT} | more


def put(rows: Rows, *told: tuple[str, dict[str, Any]]) -> None:
    for name, row in told:
        rows.put(tables.metadata.tables[name], **row)


def joined(connection: Connection, environment: str = ENVIRONMENT, **narrowed: Any) -> list[Joined]:
    found = feedback.listed(connection, PROJECT, environment, **narrowed)
    return [(one.joined_by.value, one.issue, one.release, one.environment) for one in found]


def test_the_event_that_it_names_goes_before_all(rows: Rows, connection: Connection) -> None:
    """Although its session and a later error of its user are known too."""
    put(rows, event(1, identity=BOB), event(2), session("s1"), said(event_id=bytes([1]) * 16, session_id="s1"))
    assert joined(connection) == [("event", "i-1", OLD, ENVIRONMENT)]


def test_else_the_session_with_its_users_last_error_in_it(rows: Rows, connection: Connection) -> None:
    """However long the session has lasted; who wrote need not be known."""
    long_ago = AT - 5_400_000
    put(
        rows, event(1, occurred_at=long_ago, environment="staging"), session("s1"), said(session_id="s1", identity=None)
    )
    assert joined(connection, "staging") == [("session", "i-1", NEW, "staging")]
    assert joined(connection) == []


def test_a_session_without_an_error_tells_the_release_alone(rows: Rows, connection: Connection) -> None:
    """Before it began, its user's errors are of another session; after the feedback, of another matter."""
    put(rows, event(1, occurred_at=AT - 7_200_001), event(2, occurred_at=AT + 1), session("s1"))
    put(rows, said(session_id="s1"))
    assert joined(connection, "staging") == [("session", None, NEW, "staging")]


def test_else_the_last_error_of_its_user_in_the_half_hour_before(rows: Rows, connection: Connection) -> None:
    """Not an earlier one, not a later one, nobody else's; its release and environment are the feedback's too."""
    put(rows, event(1, occurred_at=AT - 2_000), event(2, occurred_at=AT - 1_000, environment="staging"))
    put(rows, event(3, occurred_at=AT + 1), event(4, identity=BOB, occurred_at=AT), said())
    assert joined(connection, "staging") == [("user", "i-2", OLD, "staging")]


@pytest.mark.parametrize(("before", "way"), [(WINDOW_MS, "user"), (WINDOW_MS + 1, "nothing")])
def test_the_window_ends_after_half_an_hour(rows: Rows, connection: Connection, before: int, way: str) -> None:
    """To the millisecond."""
    put(rows, event(1, occurred_at=AT - before), said())
    assert [one[0] for one in joined(connection)] == [way]


def test_an_error_in_another_release_or_environment_is_not_what_it_is_about(rows: Rows, connection: Connection) -> None:
    """Where the feedback names its own."""
    put(rows, event(1, occurred_at=AT - 500, release=NEW), event(2, occurred_at=AT - 400, environment="staging"))
    put(rows, event(3, occurred_at=AT - 900), said(release=OLD, environment=ENVIRONMENT))
    assert joined(connection) == [("user", "i-3", OLD, ENVIRONMENT)]


def test_two_errors_at_the_same_time_are_told_apart_by_their_ids(rows: Rows, connection: Connection) -> None:
    """So that the answer is always the same one."""
    put(rows, event(2), event(7), event(4), said())
    assert joined(connection) == [("user", "i-7", OLD, ENVIRONMENT)]


def test_what_nothing_joins_is_listed_all_the_same(rows: Rows, connection: Connection) -> None:
    """In production, as what names no environment, and in no release: *unlinked*."""
    put(rows, said(event_id=bytes([9]) * 16, session_id="unknown", identity=BOB))
    assert joined(connection) == [("nothing", None, None, ENVIRONMENT)]
    assert joined(connection, release=OLD) == []


def test_its_own_release_goes_before_that_of_its_event(rows: Rows, connection: Connection) -> None:
    """Then its event's, then its session's."""
    named = {"event_id": bytes([1]) * 16, "session_id": "s1"}
    put(rows, event(1), session("s1"), said(release=NEW, environment="staging", **named))
    assert joined(connection, "staging", release=NEW) == [("event", "i-1", NEW, "staging")]


def test_it_does_not_matter_which_came_first(engine: Engine, connection: Connection) -> None:
    """In each order in which event, session, another error and feedback may be stored, the answer is the same."""
    told = [event(1), event(2, occurred_at=AT), session("s1"), said(event_id=bytes([1]) * 16, session_id="s1")]
    for number, order in enumerate(permutations(told)):
        rows = Rows(engine)
        for name, row in order:
            rows.put(tables.metadata.tables[name], **(row | {"project": f"p-{number}"}))
        (one,) = feedback.listed(connection, f"p-{number}", ENVIRONMENT)
        assert (one.joined_by, one.issue, one.release) == (JoinedBy.EVENT, "i-1", OLD)
        connection.rollback()


def test_another_projects_rows_join_nothing(rows: Rows, connection: Connection) -> None:
    """The same event id, session id and user in another project are others."""
    for name, row in (event(1), session("s1")):
        rows.put(tables.metadata.tables[name], **(row | {"project": "other"}))
    put(rows, said(event_id=bytes([1]) * 16, session_id="s1"))
    assert [one[0] for one in joined(connection)] == ["nothing"]


def test_counts_are_those_of_the_rows(rows: Rows, connection: Connection) -> None:
    """Of each way, of each issue, and of all: what is counted is what is listed."""
    put(rows, event(1), session("s1", environment=ENVIRONMENT))
    named: list[dict[str, Any]] = [{"event_id": bytes([1]) * 16}, {"session_id": "s1"}, {}, {"identity": BOB}]
    for number, more in enumerate(named):
        put(rows, said(feedback=f"f-{number}", **more))
    ways = feedback.ways(connection, PROJECT, ENVIRONMENT)
    assert ways == dict.fromkeys(JoinedBy, 1)
    assert sum(ways.values()) == feedback.count(connection, PROJECT, ENVIRONMENT) == 4
    for way, count in ways.items():
        assert len(joined(connection, joined_by=way)) == count
    assert feedback.of_issues(connection, PROJECT, ENVIRONMENT, None, ["i-1", "i-2"]) == {"i-1": 3}
    assert feedback.count(connection, PROJECT, ENVIRONMENT, issue="i-1") == 3
