"""Totals of closed minutes beside the minutes themselves, on an SQLite file and a real PostgreSQL."""

import random

import pytest
from sqlalchemy import Connection, Engine, func, select

from consumers.evaluation.totals import SPAN, Totals
from models.store import tables
from models.store.queries import issue_counts
from models.store.queries.issue_counts import Asked, Counts
from tests.fakes.rows import ENVIRONMENT, NEW, NOON, OLD, PROJECT, Rows

LAST = NOON + 3 * SPAN


@pytest.fixture
def rows(engine: Engine) -> Rows:
    return Rows(engine)


def tell(rows: Rows, issue: str, release: str, minute: int, user: str | None, partition: int = 0) -> None:
    """One unhandled event, as the consumers keep it."""
    where = {"environment": ENVIRONMENT, "release": release, "issue": issue, "partition": partition}
    rows.add(tables.issue_minute, **where, minute=minute, events=1, unhandled=1)
    rows.seen(issue, release, minute, partition)
    if release:
        rows.release(release, minute, topic="errors", partition=partition)
    if user:
        rows.affected(issue, release, user, minute, partition)
    else:
        rows.failure(release, issue, minute, partition=partition)


def everything(rows: Rows, seed: int) -> None:
    """Many events in booking order, users that come back on other partitions and releases, some of nobody known."""
    chance = random.Random(seed)
    for minute in sorted(chance.randrange(NOON, LAST) for _ in range(150)):
        user = chance.choice([None, *(f"u{number}" for number in range(25))])
        release = chance.choice([OLD, NEW, ""])
        tell(rows, f"i{chance.randrange(4)}", release, minute, user, chance.randrange(3))


def counted(connection: Connection) -> dict[object, object]:
    """All that can be asked."""
    asked: dict[object, object] = {
        (release, issue): issue_counts.of_issues(connection, Asked(PROJECT, ENVIRONMENT, release, issue))
        for release in (None, OLD, NEW, "")
        for issue in (None, "i1", "i9")
    }
    asked["releases"] = issue_counts.by_release(connection, Asked(PROJECT, ENVIRONMENT, issue="i1"))
    asked["had"] = issue_counts.had(connection, PROJECT, ENVIRONMENT, [OLD, NEW])
    return asked


def users_by_hand(connection: Connection, issue: str) -> int:
    columns = tables.issue_user.c
    query = select(func.count(columns.identity.distinct())).where(columns.issue == issue)
    return connection.execute(query).scalar() or 0


@pytest.mark.parametrize("seed", [1, 2])
def test_however_much_is_totalled_the_counts_are_the_same(engine: Engine, rows: Rows, seed: int) -> None:
    """Nothing, some minutes, all of them, all of them twice: users are each counted once, over all releases too."""
    everything(rows, seed)
    with engine.connect() as connection:
        untotalled = counted(connection)
        assert issue_counts.counted_to(connection, PROJECT) == -1
        by_hand = {issue: users_by_hand(connection, issue) for issue in ("i0", "i1", "i2", "i3")}
    found = untotalled[None, None]
    assert isinstance(found, dict)
    assert {issue: one.users for issue, one in found.items()} == by_hand
    for closed in (NOON + 7, NOON + SPAN, LAST, LAST + 5):
        Totals(engine).count(PROJECT, closed)
        with engine.connect() as connection:
            assert issue_counts.counted_to(connection, PROJECT) == closed
            assert counted(connection) == untotalled


def test_several_evaluators_count_each_minute_once(engine: Engine, rows: Rows) -> None:
    """The mark in the store decides, not what one of them remembers."""
    everything(rows, 3)
    one, other = Totals(engine), Totals(engine)
    with engine.connect() as connection:
        untotalled = counted(connection)
    for closed in range(NOON, LAST + SPAN, SPAN // 2):
        one.count(PROJECT, closed)
        other.count(PROJECT, closed)
    with engine.connect() as connection:
        assert counted(connection) == untotalled


def test_totals_can_be_made_anew(engine: Engine, rows: Rows) -> None:
    """They hold nothing that the minutes do not."""
    everything(rows, 4)
    Totals(engine).count(PROJECT, LAST)
    with engine.begin() as connection:
        before = connection.execute(select(tables.issue_total).order_by(*tables.issue_total.primary_key)).all()
        for table in (tables.issue_total, tables.release_total, tables.total_mark):
            connection.execute(table.delete())
    Totals(engine).count(PROJECT, LAST)
    with engine.connect() as connection:
        after = connection.execute(select(tables.issue_total).order_by(*tables.issue_total.primary_key)).all()
    assert before == after
    assert len(before) > 20


def test_users_failures_and_sessions_are_kept_by_the_age_of_their_release(engine: Engine, rows: Rows) -> None:
    """In steps that double from the release's first minute, so that equal spans of two releases can be compared."""
    rows.release(NEW, NOON)
    for later, partition in ((0, 0), (1, 1), (2, 0), (3, 1), (4, 0), (100, 0)):
        rows.sessions(NEW, NOON + later, partition, started=10, healthy=10)
    tell(rows, "i", NEW, NOON + 3, "ana", 0)
    tell(rows, "i", NEW, NOON + 5, "ana", 1)
    tell(rows, "i", NEW, NOON + 5, "bob", 1)
    tell(rows, "i", NEW, NOON + 5, None)
    tell(rows, "i", NEW, NOON + 5, None, 1)

    Totals(engine).count(PROJECT, NOON + 4)
    Totals(engine).count(PROJECT, NOON + 200)

    with engine.connect() as connection:
        place = (connection, PROJECT, ENVIRONMENT, [NEW])
        reached = [issue_counts.reached(*place, age).get((NEW, "i")) for age in range(5)]
        exposed = [issue_counts.exposed(*place, age)[NEW] for age in range(8)]
        counts = issue_counts.of_issues(connection, Asked(PROJECT, ENVIRONMENT, NEW))
    assert reached == [None, None, (1, 0), (2, 1), (2, 1)]
    assert exposed == [10, 20, 40, 50, 50, 50, 50, 60]
    assert counts == {"i": Counts(2, 5, 5, NOON + 3, NOON + 5)}


def test_another_project_is_not_counted(engine: Engine, rows: Rows) -> None:
    """Neither read nor written."""
    tell(rows, "i", NEW, NOON, "ana")
    Totals(engine).count("blog", LAST)
    with engine.connect() as connection:
        assert issue_counts.of_issues(connection, Asked("blog", ENVIRONMENT)) == {}
        assert connection.execute(select(tables.issue_total)).all() == []


def test_a_user_whose_event_is_not_read_yet_is_not_counted(engine: Engine, rows: Rows) -> None:
    """As a reader sees it whose two queries a batch falls between."""
    rows.affected("i", NEW, "ana", NOON)
    with engine.connect() as connection:
        assert issue_counts.of_issues(connection, Asked(PROJECT, ENVIRONMENT)) == {}
