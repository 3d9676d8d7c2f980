"""One suite over the queries that gates, pages and the evaluator share, on an SQLite file and a real PostgreSQL."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from models.domain.evidence import ArmMinute, History, IssueMinute
from models.store import tables
from models.store.queries import deploys, evidence, feedback, fresh, freshness, ledger
from models.store.queries.hurt import Beside
from models.store.queries.minutes import Minutes
from models.wire.topics import DEPLOYS, ERRORS, SESSIONS
from tests.fakes.rows import ENVIRONMENT, MIDNIGHT, NEW, NOON, OLD, PROJECT, Rows

NOW = 1_740_000_000_000


@pytest.fixture
def rows(engine: Engine) -> Rows:
    return Rows(engine)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """It reads one moment, from its first query to `Connection.rollback`."""
    with engine.connect() as opened:
        yield opened


def arms_of(
    connection: Connection, release: str, first: int, last: int, *, count_abnormal: bool = True
) -> dict[int, ArmMinute]:
    """By minute after ``first``."""
    asked = Minutes(PROJECT, ENVIRONMENT, first, last)
    failed = fresh.failures(connection, asked, release)
    found = evidence.arms(connection, asked, release, failed, count_abnormal=count_abnormal)
    return {minute - first: arm for minute, arm in found.items()}


def hurt_of(connection: Connection, first: int, last: int) -> list[tuple[int, int]]:
    """Users newly hurt on the new and on the old release, by minute."""
    asked = Minutes(PROJECT, ENVIRONMENT, first, last)
    found = evidence.evidence(connection, asked, NEW, OLD, first, count_abnormal=True)
    return [(minute.new.hurt, minute.old.hurt) for minute in found]


def new_issues(connection: Connection, since: int, first: int, last: int) -> dict[int, tuple[IssueMinute, ...]]:
    """By minute after ``since``."""
    asked = Minutes(PROJECT, ENVIRONMENT, first, last)
    found = evidence.evidence(connection, asked, NEW, OLD, since, count_abnormal=True)
    return {one.minute - since: one.new_issues for one in found if one.new_issues}


# Evidence: sessions -------------------------------------------------------------------------------------------------


def test_signed_deltas_of_all_partitions_are_summed(rows: Rows, connection: Connection) -> None:
    """A crash known later takes its session from the healthy ones in the minute in which it is known."""
    rows.sessions(NEW, NOON, 0, started=3, healthy=3)
    rows.sessions(NEW, NOON, 5, started=2, healthy=1, errored=1)
    rows.sessions(NEW, NOON + 2, 0, healthy=-1, crashed=1)

    assert arms_of(connection, NEW, NOON, NOON + 5) == {
        0: ArmMinute(started=5, healthy=4, errored=1),
        2: ArmMinute(healthy=-1, crashed=1),
    }


def test_only_the_place_and_the_minutes_asked_for_count(rows: Rows, connection: Connection) -> None:
    """Not another release, environment or project, and both ends of the range."""
    for minute in range(NOON, NOON + 5):
        rows.sessions(NEW, minute, started=1)
    rows.sessions(OLD, NOON + 2, started=100)
    rows.sessions(NEW, NOON + 2, environment="staging", started=100)
    rows.add(
        tables.session_minute, project="blog", environment=ENVIRONMENT, release=NEW, minute=NOON + 2, partition=0,
        started=100, healthy=0, errored=0, unhandled=0, abnormal=0, crashed=0,
    )  # fmt: skip

    assert arms_of(connection, NEW, NOON + 1, NOON + 3) == dict.fromkeys((0, 1, 2), ArmMinute(started=1))


def test_minutes_without_anything_are_evidence_of_nothing(connection: Connection) -> None:
    """Each minute of the range is there, with zeros, and the plan is the deploy's."""
    asked = Minutes(PROJECT, ENVIRONMENT, NOON, NOON + 2)
    found = evidence.evidence(connection, asked, NEW, None, NOON, count_abnormal=True)

    assert [minute.minute for minute in found] == [NOON, NOON + 1, NOON + 2]
    assert all((one.exposure, one.new, one.old, one.new_issues) == (0.0, ArmMinute(), ArmMinute(), ()) for one in found)


# Evidence: users hurt -----------------------------------------------------------------------------------------------


def test_a_user_is_hurt_once_a_day_at_the_earliest_minute(rows: Rows, connection: Connection) -> None:
    """Whichever partitions and topics saw it."""
    rows.hurt(NEW, "ada", NOON + 3, 0)
    rows.hurt(NEW, "ada", NOON + 1, 4)
    rows.hurt(NEW, "ada", NOON + 2, 0, topic="sessions")
    rows.hurt(NEW, "bob", NOON + 1)

    assert arms_of(connection, NEW, NOON, NOON + 5) == {1: ArmMinute(hurt=2)}


def test_a_user_hurt_before_the_range_is_not_newly_hurt(rows: Rows, connection: Connection) -> None:
    """That day; what closed minutes said stays as it is."""
    rows.hurt(NEW, "ada", NOON, 0)
    rows.hurt(NEW, "ada", NOON + 3, 1)

    assert arms_of(connection, NEW, NOON + 1, NOON + 5) == {}


def test_the_next_day_a_user_is_hurt_anew(rows: Rows, connection: Connection) -> None:
    """A UTC day, also within one range."""
    rows.hurt(NEW, "ada", MIDNIGHT - 2)
    rows.hurt(NEW, "ada", MIDNIGHT + 2)

    assert arms_of(connection, NEW, MIDNIGHT - 5, MIDNIGHT + 5) == {3: ArmMinute(hurt=1), 7: ArmMinute(hurt=1)}


def test_a_policy_can_leave_abnormal_sessions_out(rows: Rows, connection: Connection) -> None:
    """A user known hurt by one of those alone is then not hurt, and another one later than with it."""
    rows.hurt(NEW, "ada", NOON, abnormal=True)
    rows.hurt(NEW, "bob", NOON, abnormal=True)
    rows.hurt(NEW, "bob", NOON + 2)

    assert arms_of(connection, NEW, NOON, NOON + 5) == {0: ArmMinute(hurt=2)}
    assert arms_of(connection, NEW, NOON, NOON + 5, count_abnormal=False) == {2: ArmMinute(hurt=1)}


def test_a_user_counts_for_the_release_that_hurt_first(rows: Rows, connection: Connection) -> None:
    """Of two that serve at the same time; in the same minute it is the old one."""
    rows.hurt(OLD, "ada", NOON)
    rows.hurt(NEW, "ada", NOON + 1)
    rows.hurt(NEW, "bob", NOON + 1)
    rows.hurt(OLD, "bob", NOON + 2)
    rows.hurt(NEW, "eve", NOON + 3, 1)
    rows.hurt(OLD, "eve", NOON + 3)
    rows.hurt(NEW, "kim", NOON + 3)

    assert hurt_of(connection, NOON, NOON + 3) == [(0, 1), (1, 0), (0, 0), (1, 1)]


def test_a_user_hurt_by_the_old_release_before_the_deploy_is_not_fresh_on_the_new_one(
    rows: Rows, connection: Connection
) -> None:
    """Who fails every day would else be missing on the old one and count on the new: every release would look bad."""
    for number in range(5):
        rows.hurt(OLD, f"always-{number}", MIDNIGHT + number)
        rows.hurt(NEW, f"always-{number}", NOON + number)
    rows.hurt(NEW, "ada", NOON)
    rows.hurt(NEW, "always-0", NOON + 1_440)

    assert hurt_of(connection, NOON, NOON + 9) == [(1, 0)] + [(0, 0)] * 9
    assert hurt_of(connection, NOON + 1_440, NOON + 1_440) == [(1, 0)]


def test_beside_nothing_every_user_counts(rows: Rows, connection: Connection) -> None:
    """A first release has no other to share users with."""
    rows.hurt(OLD, "ada", NOON)
    rows.hurt(NEW, "ada", NOON + 1)

    asked = Minutes(PROJECT, ENVIRONMENT, NOON, NOON + 1)
    found = evidence.evidence(connection, asked, NEW, None, NOON, count_abnormal=True)
    assert [minute.new.hurt for minute in found] == [0, 1]
    beside = Beside(OLD, wins_ties=True)
    told = evidence.arms(connection, asked, NEW, Counter(), count_abnormal=True, beside=beside)
    assert told == {}


def test_failures_of_nobody_count_by_issue_host_and_minute(rows: Rows, connection: Connection) -> None:
    """However many partitions saw them."""
    for partition in (0, 1):
        rows.failure(NEW, "i-1", NOON, "web-1", partition)
    rows.failure(NEW, "i-1", NOON, "web-2")
    rows.failure(NEW, "i-2", NOON, "web-1")
    rows.failure(NEW, "i-1", NOON + 1, "web-1")

    assert arms_of(connection, NEW, NOON, NOON + 5) == {0: ArmMinute(anonymous=3), 1: ArmMinute(anonymous=1)}


# Evidence: new issues -----------------------------------------------------------------------------------------------


def test_users_of_a_new_issue_count_once_at_their_first_minute(rows: Rows, connection: Connection) -> None:
    """With failures of nobody beside them, and those on the old release apart."""
    rows.issue("i-1")
    rows.seen("i-1", NEW, NOON + 1)
    rows.affected("i-1", NEW, "ada", NOON + 1, 0)
    rows.affected("i-1", NEW, "ada", NOON + 3, 1)
    rows.affected("i-1", NEW, "bob", NOON + 3)
    rows.failure(NEW, "i-1", NOON + 3)
    rows.seen("i-1", OLD, NOON + 4)
    rows.affected("i-1", OLD, "eve", NOON + 4)

    assert new_issues(connection, NOON, NOON, NOON + 5) == {
        1: (IssueMinute("i-1", 1),),
        3: (IssueMinute("i-1", 2),),
        4: (IssueMinute("i-1", 0, 1),),
    }


@pytest.mark.parametrize(
    ("release", "minute", "environment", "is_new"),
    [
        (OLD, NOON - 1, ENVIRONMENT, False),
        (NEW, NOON - 1, ENVIRONMENT, False),
        (OLD, NOON + 1, ENVIRONMENT, False),
        (OLD, NOON + 2, ENVIRONMENT, True),
        (OLD, NOON + 3, ENVIRONMENT, True),
        (OLD, NOON - 1, "staging", True),
    ],
    ids=["before", "before on itself", "first on the old", "same minute", "later on the old", "elsewhere"],
)
def test_an_issue_is_new_if_no_release_had_it_before(
    rows: Rows, connection: Connection, release: str, minute: int, environment: str, *, is_new: bool
) -> None:
    """In this environment; first seen on the old release while both serve, it is the old one's."""
    rows.issue("i-1")
    rows.seen("i-1", NEW, NOON + 2)
    rows.affected("i-1", NEW, "ada", NOON + 2)
    rows.seen("i-1", release, minute, partition=7, environment=environment)

    assert bool(new_issues(connection, NOON, NOON, NOON + 5)) is is_new


@pytest.mark.parametrize(("level", "counts"), [("fatal", True), ("error", True), ("warning", False), ("info", False)])
def test_messages_hurt_nobody(rows: Rows, connection: Connection, level: str, *, counts: bool) -> None:
    """A new warning of many users is no new fault."""
    rows.issue("i-1", level)
    rows.seen("i-1", NEW, NOON)
    rows.affected("i-1", NEW, "ada", NOON)

    assert bool(new_issues(connection, NOON, NOON, NOON)) is counts


# Evidence: history and closing --------------------------------------------------------------------------------------


def test_history_is_the_day_before_over_all_releases(rows: Rows, connection: Connection) -> None:
    """A user once a day, however many releases hurt; sessions of the replaced release apart."""
    rows.sessions(OLD, NOON - 1_440, started=50)
    rows.sessions(OLD, NOON - 1, 1, started=20)
    rows.sessions("shop@1.3.9", NOON - 700, started=30)
    rows.sessions(NEW, NOON, started=1_000)
    rows.sessions(OLD, NOON - 1_441, started=1_000)
    rows.hurt(OLD, "ada", NOON - 5)
    rows.hurt("shop@1.3.9", "ada", NOON - 3)
    rows.hurt(OLD, "ada", NOON - 1_300)
    rows.hurt(OLD, "bob", NOON - 1, abnormal=True)
    rows.hurt(NEW, "eve", NOON)

    told = evidence.history(connection, PROJECT, ENVIRONMENT, NOON, count_abnormal=True, old=OLD)

    assert told == History(minutes=1_440, started=100, hurt=3, started_old=70)
    without = evidence.history(connection, PROJECT, ENVIRONMENT, NOON, count_abnormal=False)
    assert (without.hurt, without.started_old) == (2, 0)


def test_a_young_environment_has_a_short_history(rows: Rows, connection: Connection) -> None:
    """It covers the minutes from the first session on; without any, nothing is known."""
    assert evidence.history(connection, PROJECT, ENVIRONMENT, NOON, count_abnormal=True) == History()
    connection.rollback()
    rows.sessions(OLD, NOON - 30, started=60)
    rows.sessions(OLD, NOON - 2, started=3)

    told = evidence.history(connection, PROJECT, ENVIRONMENT, NOON, count_abnormal=True, old=OLD)

    assert told == History(minutes=30, started=63, hurt=0, started_old=63)


def test_the_usual_traffic_is_the_smaller_of_yesterday_and_a_week_ago(rows: Rows, connection: Connection) -> None:
    """And not known before the environment was."""
    week, day = 7 * 1_440, 1_440
    rows.release(OLD, NOON - day)
    rows.sessions(OLD, NOON - day, started=50)
    asked = Minutes(PROJECT, ENVIRONMENT, NOON - 1, NOON + 1)
    assert evidence.usual(connection, asked) == {NOON: 50, NOON + 1: 0}
    connection.rollback()

    rows.release("shop@1.0.0", NOON - week)
    rows.sessions("shop@1.0.0", NOON - week, started=20)
    asked = Minutes(PROJECT, ENVIRONMENT, NOON - 1, NOON)
    assert evidence.usual(connection, asked) == {NOON - 1: 0, NOON: 20}


def test_minutes_close_when_all_that_feeds_them_is_read(rows: Rows, connection: Connection) -> None:
    """The slowest partition decides; other topics do not; and a topic that was never read closes nothing."""
    assert evidence.closed_to(connection) is None
    connection.rollback()
    rows.position(ERRORS, 0, NOW)
    rows.position(ERRORS, 1, NOW - 7_000)
    rows.position(DEPLOYS, 0, NOW)
    assert evidence.closed_to(connection) is None
    connection.rollback()

    rows.position(SESSIONS, 0, NOW - 1_000)
    rows.position("seatrial.feedback", 0, 5)

    assert evidence.closed_to(connection) == NOW - 7_000


# Deploys ------------------------------------------------------------------------------------------------------------


def test_facts_of_deploys_are_told_by_environment(rows: Rows, connection: Connection) -> None:
    """As they were booked, of this project alone."""
    told: dict[str, Any] = {
        "release": NEW,
        "state": "succeeded",
        "occurred_at": 1,
        "booked_at": 2,
        "irreversible": False,
    }
    told |= dict.fromkeys(("url", "deployed_by", "commits", "replaces", "exposure", "deploy"))
    canary: dict[str, Any] = {"environment": "staging", "exposure": 0.3, "deploy": "d", "replaces": OLD}
    for number, rest in enumerate(
        [{"environment": ENVIRONMENT, "irreversible": True}, canary, {"project": "blog", "environment": "staging"}]
    ):
        rows.put(tables.deploy_fact, **(told | rest | {"fact": f"f-{number}"}))

    found = deploys.facts(connection, PROJECT)

    assert {environment: len(facts) for environment, facts in found.items()} == {ENVIRONMENT: 1, "staging": 1}
    assert (found[ENVIRONMENT][0].exposure, found[ENVIRONMENT][0].irreversible) == (None, True)
    assert (found["staging"][0].exposure, found["staging"][0].deploy, found["staging"][0].replaces) == (0.3, "d", OLD)


def test_first_sessions_are_the_earliest_over_partitions(rows: Rows, connection: Connection) -> None:
    """Errors are no sessions, and what is not closed yet is not told."""
    rows.release(OLD, NOON, partition=0)
    rows.release(OLD, NOON - 3, partition=1)
    rows.release(OLD, NOON - 9, topic="errors")
    rows.release(NEW, NOON + 5)

    assert deploys.first_sessions(connection, PROJECT, NOON + 5) == {ENVIRONMENT: {OLD: (NOON - 3) * 60_000}}
    assert set(deploys.first_sessions(connection, PROJECT, NOON + 6)[ENVIRONMENT]) == {OLD, NEW}


def test_what_was_written_is_counted_by_release_and_span(rows: Rows, connection: Connection) -> None:
    """From a time on, with the release of its event where it names none itself."""
    told: dict[str, Any] = dict.fromkeys(column.name for column in tables.feedback.columns)
    told |= {"message": "slow", "environment": ENVIRONMENT, "occurred_at": 0}
    del told["project"]
    event = {"event_id": bytes(16), "issue": "i-1", "release": OLD, "environment": ENVIRONMENT, "identity": None}
    rows.put(tables.event, **event, handled=False, occurred_at=0, booked_at=0)
    for number, (at, rest) in enumerate([(99, {"release": NEW}), (150, {"release": NEW}), (160, {"release": NEW})]):
        rows.put(tables.feedback, **(told | rest | {"feedback": f"f-{number}", "booked_at": at}))
    rows.put(tables.feedback, **(told | {"feedback": "of-event", "booked_at": 250, "event_id": bytes(16)}))
    rows.put(tables.feedback, **(told | {"feedback": "of-nothing", "booked_at": 250}))

    assert feedback.written(connection, 100, 100) == {
        (PROJECT, ENVIRONMENT, NEW, 1): 2,
        (PROJECT, ENVIRONMENT, OLD, 2): 1,
    }


# Freshness ----------------------------------------------------------------------------------------------------------


def read(rows: Rows, ago: int = 1_000) -> None:
    for topic in (DEPLOYS, ERRORS, SESSIONS):
        rows.position(topic, 0, NOW - ago)


def test_while_all_is_read_nothing_is_degraded(rows: Rows, connection: Connection) -> None:
    """Nor with an evaluation that is recent."""
    read(rows)

    assert freshness.degradation(connection, NOW) is None
    assert freshness.overdue(NOW, evaluated_at=NOW - 80_000, told_at=None) is None
    assert freshness.overdue(NOW, evaluated_at=None, told_at=NOW - 80_000) is None


def test_before_anything_was_read_that_is_said(rows: Rows, connection: Connection) -> None:
    """And which topic is missing, when one is."""
    assert freshness.degradation(connection, NOW) == "Nothing was ever read from the log: start the consumers."
    connection.rollback()
    rows.position(ERRORS, 0, NOW)

    assert freshness.degradation(connection, NOW) == (
        "Never read: deploys, sessions. Start the consumers, or see their logs."
    )


def test_partitions_that_stand_still_are_named(rows: Rows, connection: Connection) -> None:
    """The oldest first, and not all of them."""
    read(rows)
    for partition in range(1, 6):
        rows.position(ERRORS, partition, NOW - 40_000 - partition * 1_000)
    rows.position("seatrial.feedback", 0, 5)

    assert freshness.degradation(connection, NOW) == (
        "Not read for 45 s: errors/5, errors/4, errors/3 and 2 more. Start the consumers, or see their logs."
    )


def test_an_old_evaluation_is_said() -> None:
    """Of a deploy under watch, and one that never came."""
    assert freshness.overdue(NOW, evaluated_at=NOW - 91_000) == (
        "The last evaluation is 91 s old: start the evaluator, or see its logs."
    )
    assert freshness.overdue(NOW, told_at=NOW - 91_000) == (
        "Deployed 91 s ago and not evaluated yet: start the evaluator, or see its logs."
    )


# The ledger ---------------------------------------------------------------------------------------------------------


def test_fates_add_up_to_what_was_received(rows: Rows, connection: Connection) -> None:
    """Over partitions and ways; what intake accepted and nobody settled is in flight."""
    rows.counted("error", "accepted", 10, topic="ledger")
    rows.counted("error", "filtered", 3, topic="ledger")
    rows.counted("error", "stored", 4, partition=0)
    rows.counted("error", "stored", 2, partition=1)
    rows.counted("error", "duplicate", 1)
    rows.counted("error", "stored", 5, via="direct")

    found = ledger.ledger_of(connection, PROJECT)["error"]

    assert found == {
        "received": 18, "stored": 11, "duplicate": 1, "filtered": 3, "rate_limited": 0, "invalid": 0,
        "dropped_by_client": 0, "in_flight": 3,
    }  # fmt: skip
    assert found["received"] == sum(count for fate, count in found.items() if fate != "received")


def test_nothing_is_ever_less_than_not_in_flight(rows: Rows, connection: Connection) -> None:
    """The summaries of intake come a second after the items themselves."""
    rows.counted("session", "stored", 7, topic="sessions")

    assert ledger.ledger_of(connection, PROJECT)["session"] == {
        "received": 7, "stored": 7, "duplicate": 0, "filtered": 0, "rate_limited": 0, "invalid": 0,
        "dropped_by_client": 0, "in_flight": 0,
    }  # fmt: skip


def test_every_category_is_always_there(connection: Connection) -> None:
    """A project that sent nothing has a ledger of zeros."""
    found = ledger.ledger_of(connection, PROJECT)

    assert set(found) >= {"error", "session", "feedback", "deploy", "outcome"}
    assert {count for fates in found.values() for count in fates.values()} == {0}
