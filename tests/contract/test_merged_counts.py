"""What people read of issues that were merged, beside what it would be had they been one from the start."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table

from analytics.correlation.crashes import Explained
from analytics.correlation.issue_states import IssueState
from api.crashed import crashed_by_issue
from api.issues import listing
from api.issues.details import details_of
from consumers.evaluation.totals import SPAN, Totals
from models.domain.issue import CommandKind, FixedIn, IssueCommand
from models.store import samples, tables
from models.store.queries import events, feedback, issue_commands, issue_counts, issues, release_overviews, teaching
from models.store.queries.issue_counts import Asked
from models.store.queries.merged import merged
from tests.fakes.rows import ENVIRONMENT, NEW, NOON, OLD, PROJECT, Rows

LAST = NOON + 3 * SPAN
GROUP = {"i1": "i0", "i2": "i0", "i5": "i4"}
"""Merged issue and survivor; nothing happens to the last two."""
MINUTE = 60_000


@pytest.fixture
def rows(engine: Engine) -> Rows:
    return Rows(engine)


def tell(rows: Rows, issue: str, release: str, minute: int, user: str | None, partition: int = 0) -> None:
    """One unhandled event, as the consumers keep it."""
    where = {"environment": ENVIRONMENT, "release": release, "issue": issue, "partition": partition}
    rows.add(tables.issue_minute, **where, minute=minute, events=1, unhandled=1)
    rows.seen(issue, release, minute, partition)
    if user:
        rows.affected(issue, release, user, minute, partition)
    else:
        rows.failure(release, issue, minute, partition=partition)


def everything(engine: Engine, project: str, names: Mapping[str, str]) -> None:
    """The same events in each project, of issues as they are called there."""
    chance = random.Random(7)
    one = _Of(engine, project)
    for release in (OLD, NEW):
        one.release(release, NOON, topic="errors")
    for minute in sorted(chance.randrange(NOON, LAST) for _ in range(150)):
        user = chance.choice([None, *(f"u{number}" for number in range(25))])
        issue = f"i{chance.randrange(4)}"
        tell(one, names.get(issue, issue), chance.choice([OLD, NEW, ""]), minute, user, chance.randrange(3))


class _Of(Rows):
    """Rows of a project of its own."""

    def __init__(self, engine: Engine, project: str) -> None:
        super().__init__(engine)
        self._project = project

    def put(self, table: Table, **row: Any) -> None:
        super().put(table, project=self._project, **row)

    def add(self, table: Table, **row: Any) -> None:
        super().add(table, project=self._project, **row)


def merge(engine: Engine, issue: str, survivor: str) -> None:
    Rows(engine).put(tables.issue_merged, issue=issue, survivor=survivor)


def read(connection: Connection, project: str) -> dict[object, object]:
    """All counts that can be asked, as people read them."""
    merges = merged(connection, project)
    place = (project, ENVIRONMENT)
    asked: dict[object, object] = {
        (release, issue): issue_counts.of_issues(connection, Asked(*place, release, issue, merges))
        for release in (None, OLD, NEW, "")
        for issue in (None, "i0", "i3", "i4")
    }
    for issue in ("i0", "i3"):
        asked["releases", issue] = issues.by_release(connection, Asked(*place, issue=issue, merged=merges))
        asked["environments", issue] = issues.by_environment(connection, project, [ENVIRONMENT], merges.group(issue))
        asked["first", issue] = issues.first_releases(connection, *place, issue, merges)
    asked["had"] = issue_counts.had(connection, *place, [OLD, NEW], merges)
    asked["new"] = issues.new_in(connection, *place, [OLD, NEW], merges)
    asked["overviews"] = [(one.release, one.new_issues) for one in release_overviews.listed(connection, project)]
    for age in (0, 3, 5, 12):
        asked["reached", age] = issue_counts.reached(connection, *place, [OLD, NEW], age, merges)
    return asked


@pytest.mark.parametrize("closed", [None, NOON + SPAN, LAST])
def test_merged_issues_count_as_if_they_were_one_from_the_start(engine: Engine, closed: int | None) -> None:
    """Events, users each once, times, releases, what is new: in minutes that are totalled, and in others."""
    everything(engine, PROJECT, {})
    everything(engine, "one", {"i1": "i0", "i2": "i0"})
    for issue, survivor in GROUP.items():
        merge(engine, issue, survivor)
    for project in (PROJECT, "one"):
        if closed:
            Totals(engine).count(project, closed)
    with engine.connect() as connection:
        found = read(connection, PROJECT)
        assert found == read(connection, "one")
        alone = issue_counts.of_issues(connection, Asked(PROJECT, ENVIRONMENT))
    together = found[None, None]
    assert isinstance(together, dict)
    assert together["i0"].events == sum(alone[one].events for one in ("i0", "i1", "i2"))
    assert together["i0"].users < sum(alone[one].users for one in ("i0", "i1", "i2"))


def test_a_project_without_merges_reads_what_was_counted(engine: Engine) -> None:
    """And after the undoing of all of them again."""
    everything(engine, PROJECT, {})
    with engine.connect() as connection:
        before = read(connection, PROJECT)
    merge(engine, "i1", "i0")
    with engine.connect() as connection:
        assert read(connection, PROJECT) != before
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        assert teaching.split(connection, PROJECT, "i1", "two causes", "ada", 1) == "i0"
    with engine.connect() as connection:
        assert read(connection, PROJECT) == before


def test_lists_show_the_survivor_alone(engine: Engine) -> None:
    """With as many events as all of its members, of an environment and of a release; its counts equal its rows."""
    everything(engine, PROJECT, {})
    for issue, survivor in GROUP.items():
        merge(engine, issue, survivor)
    with engine.connect() as connection:
        found = listing.of_environment(connection, PROJECT, ENVIRONMENT)
        within = listing.of_release(connection, PROJECT, ENVIRONMENT, NEW)
        details = details_of(connection, PROJECT, ENVIRONMENT, "i2", None, LAST * MINUTE)
    assert {one.issue.issue for one in found.items} == {one.issue.issue for one in within.items} == {"i0", "i3"}
    assert found.counts["all"] == within.counts["all"] == 2
    assert details is not None
    assert (details.issue.issue, details.merged_from) == ("i0", "i2")
    listed = next(one.issue for one in found.items if one.issue.issue == "i0")
    assert details.issue == listed
    assert sum(one.events for one in details.per_release) == listed.events


def test_a_survivor_is_not_new_where_what_was_merged_into_it_came_before(engine: Engine, rows: Rows) -> None:
    """The states tell so; split off again, it is new."""
    tell(rows, "old", OLD, NOON, "ana")
    tell(rows, "young", NEW, NOON + 5, "bob")
    with engine.connect() as connection:
        assert {one.issue.issue: one.state for one in of_new(connection)} == {"young": IssueState.NEW_HERE}
    merge(engine, "old", "young")
    with engine.connect() as connection:
        assert {one.issue.issue: one.state for one in of_new(connection)} == {"young": IssueState.SEEN_BEFORE}


def of_new(connection: Connection) -> list[listing.Listed]:
    return listing.of_release(connection, PROJECT, ENVIRONMENT, NEW).items


def test_an_event_of_a_merged_issue_brings_its_survivor_back(engine: Engine, rows: Rows) -> None:
    """What was commanded of the survivor holds; the merged one's own commands do so again after a split."""
    tell(rows, "a", OLD, NOON, "ana")
    tell(rows, "b", OLD, NOON, "ana")
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        for issue in ("a", "b"):
            resolved = (CommandKind.RESOLVE, FixedIn.NOW, None, {ENVIRONMENT: OLD}, "mended", "ada", NOON * MINUTE)
            issue_commands.append(connection, PROJECT, IssueCommand(f"c-{issue}", issue, *resolved))
    tell(rows, "b", OLD, NOON + 3, "bob")
    tell(rows, "b", OLD, NOON + 2, "bob", partition=1)
    tell(rows, "a", NEW, NOON + 4, "bob")
    merge(engine, "b", "a")
    with engine.connect() as connection:
        commands = issue_commands.of_issues(connection, PROJECT)
        seen = issue_commands.sightings(connection, PROJECT, ENVIRONMENT, commands["a"])
    assert list(commands) == ["a"]
    assert {command: sorted(found) for command, found in seen.items()} == {"c-a": [(OLD, NOON + 2), (NEW, NOON + 4)]}


def test_events_feedback_and_crashed_sessions_follow(engine: Engine, rows: Rows) -> None:
    """An event says its survivor, feedback is counted and listed there, and a crashed session is explained by it."""
    for number, issue in enumerate(("a", "b"), 1):
        tell(rows, issue, NEW, NOON + number, "ana")
        key, at = bytes([number]) * 16, (NOON + number) * MINUTE
        place = {"environment": ENVIRONMENT, "release": NEW}
        rows.put(
            tables.event,
            event_id=key,
            issue=issue,
            identity=f"u{number}",
            **place,
            occurred_at=at,
            booked_at=at,
            handled=False,
        )
        payload = samples.pack({"n": number})
        rows.put(tables.event_sample, issue=issue, event_id=key, release=NEW, booked_at=at, payload=payload)
        told: dict[str, Any] = dict.fromkeys(set(tables.feedback.c.keys()) - {"project"})
        told |= {"feedback": f"f{number}", "message": "broken", "event_id": key, "occurred_at": at, "booked_at": at}
        rows.put(tables.feedback, **told | {"environment": ENVIRONMENT})
    rows.sessions(NEW, NOON, started=2, crashed=2)
    merge(engine, "b", "a")
    with engine.connect() as connection:
        found = events.find(connection, PROJECT, (b"\x02" * 16).hex())
        assert found is not None
        assert (found.issue, found.sample) == ("a", {"n": 2})
        newest = ((b"\x02" * 16).hex(), {"n": 2})
        merges = merged(connection, PROJECT)
        assert events.sample_of(connection, PROJECT, ENVIRONMENT, merges.group("a"), NEW) == newest
        assert events.samples_of(connection, PROJECT, ENVIRONMENT, ["a"], NEW, merges) == {"a": {"n": 2}}
        of = (connection, PROJECT, ENVIRONMENT, None)
        assert feedback.count(*of, "a") == len(feedback.listed(*of, issue="a")) == 2
        assert {one.issue for one in feedback.listed(*of)} == {"a"}
        assert feedback.of_issues(*of, ["a"]) == {"a": 2}
        assert crashed_by_issue(connection, PROJECT, ENVIRONMENT, NEW) == Explained(2, {"a": 2}, 0)
