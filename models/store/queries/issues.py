"""Issues as people read them: what each is called, what it did, and what was said of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from models.store.queries import feedback, issue_counts
from models.store.queries.issue_counts import Asked, Counts
from models.store.queries.issue_names import identified, names
from models.store.queries.merged import NONE, Merged, merged
from models.store.tables import issue, issue_minute, issue_seen

PAGE = 50
NOTHING = Counts(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue in an environment, or in one release of it. Minutes are of booking time."""

    issue: str
    name: str | None
    """As people say it (``SHOP-12``); None until the evaluator named it."""
    title: str
    culprit: str | None
    level: str
    users: int
    events: int
    unhandled: int
    first_minute: int | None
    """None of both where it did not happen: what was fixed in a release."""
    last_minute: int | None
    feedback: int


@dataclass(frozen=True, slots=True)
class InRelease:
    release: str
    users: int
    events: int
    first_minute: int
    last_minute: int


@dataclass(frozen=True, slots=True)
class InEnvironment:
    environment: str
    first_minute: int
    last_minute: int


def described(connection: Connection, asked: Asked, counts: Mapping[str, Counts]) -> list[Issue]:
    """These issues, in their order. One without events in the release has counts of 0."""
    told = {
        row.issue: row
        for row in connection.execute(
            select(issue).where(issue.c.project == asked.project, issue.c.issue.in_(counts.keys()))
        )
    }
    called = names(connection, asked.project, counts.keys())
    said = feedback.of_issues(connection, asked.project, asked.environment, asked.release, counts.keys())
    return [_issue(one, counted, told.get(one), called.get(one), said.get(one, 0)) for one, counted in counts.items()]


def view(connection: Connection, project: str, environment: str, name: str, release: str | None = None) -> Issue | None:
    """One issue by its id or its name (``SHOP-12``); None if it was never seen there.

    Of a merged one, the one that it was merged into.
    """
    found = identified(connection, project, name)
    if found is None:
        return None
    merges = merged(connection, project)
    asked = Asked(project, environment, release, merges.survivor(found), merges)
    counts = issue_counts.of_issues(connection, asked)
    return described(connection, asked, counts)[0] if counts else None


def by_release(connection: Connection, asked: Asked) -> list[InRelease]:
    """The issue in each release that had it, in the order in which they first had it."""
    counts = issue_counts.by_release(connection, asked)
    found = [
        InRelease(release, one.users, one.events, one.first_minute, one.last_minute) for release, one in counts.items()
    ]
    return sorted(found, key=lambda one: (one.first_minute, one.release))


def by_environment(
    connection: Connection, project: str, environments: Collection[str], members: Collection[str]
) -> list[InEnvironment]:
    """When the issue was first and last seen in each of these environments that had it, the first one first.

    ``members``: the issues that it is made of.
    """
    seen, happened = issue_seen.c, issue_minute.c
    where = (seen.project == project, seen.environment.in_(environments), seen.issue.in_(members))
    place = (seen.environment, seen.release)
    releases = select(*place, func.min(seen.first_minute).label("first")).where(*where).group_by(*place).subquery().c
    last = select(func.max(happened.minute)).where(
        happened.project == project,
        happened.environment == releases.environment,
        happened.release == releases.release,
        happened.issue.in_(members),
    )
    query = select(releases.environment, func.min(releases.first), func.max(last.scalar_subquery()))
    found = [InEnvironment(*row) for row in connection.execute(query.group_by(releases.environment))]
    return sorted(found, key=lambda one: (one.first_minute, one.environment))


def new_in(
    connection: Connection, project: str, environment: str, releases: Collection[str], merges: Merged = NONE
) -> dict[str, frozenset[str]]:
    """By release, the issues that it had before any other in the environment (or in the same minute)."""
    found: dict[str, set[str]] = {release: set() for release in releases}
    for row in connection.execute(_new(project, environment, issue_seen.c.release.in_(releases))):
        if row.issue not in merges.members:
            found[row.release].add(row.issue)
    for survivor, firsts in _first_releases(connection, project, environment, merges, merges.members).items():
        for release in firsts & found.keys():
            found[release].add(survivor)
    return {release: frozenset(one) for release, one in found.items()}


def first_releases(
    connection: Connection, project: str, environment: str, identifier: str, merges: Merged = NONE
) -> frozenset[str]:
    """The releases in which an issue is new: one, or several that had it in the same minute."""
    members = merges.group(identifier)
    return _first_releases(connection, project, environment, merges, members).get(identifier, frozenset())


def _first_releases(
    connection: Connection, project: str, environment: str, merges: Merged, members: Collection[str]
) -> dict[str, frozenset[str]]:
    """By survivor, the releases in which any of its members came first. The issues are few: all their rows are read."""
    if not members:
        return {}
    columns = issue_seen.c
    where = (columns.project == project, columns.environment == environment, columns.issue.in_(members))
    query = select(columns.issue, columns.release, func.min(columns.first_minute)).where(*where)
    begun: dict[str, dict[str, int]] = defaultdict(dict)
    for member, release, minute in connection.execute(query.group_by(columns.issue, columns.release)):
        of_survivor = begun[merges.survivor(member)]
        of_survivor[release] = min(minute, of_survivor.get(release, minute))
    return {
        survivor: frozenset(release for release, minute in told.items() if minute == min(told.values()))
        for survivor, told in begun.items()
    }


def _new(project: str, environment: str, among: ColumnElement[bool]) -> Select[tuple[str, str]]:
    """Release and issue wherever no other release of the environment had the issue in an earlier minute."""
    seen = issue_seen.c
    ours = (
        select(seen.release, seen.issue, func.min(seen.first_minute).label("minute"))
        .where(seen.project == project, seen.environment == environment, among)
        .group_by(seen.release, seen.issue)
        .subquery()
    )
    other = issue_seen.alias()
    earlier = select(other.c.issue).where(
        other.c.project == project,
        other.c.environment == environment,
        other.c.issue == ours.c.issue,
        other.c.release != ours.c.release,
        other.c.first_minute + 0 < ours.c.minute,  # no term for an index of minutes: the issue's own rows are few
    )
    return select(ours.c.release, ours.c.issue).where(~earlier.exists())


def _issue(identifier: str, counted: Counts, told: Any, name: str | None, said: int) -> Issue:
    happened = counted.events > 0
    return Issue(
        issue=identifier,
        name=name,
        title=told.title if told else identifier,
        culprit=told.culprit if told else None,
        level=told.level if told else "error",
        users=counted.users,
        events=counted.events,
        unhandled=counted.unhandled,
        first_minute=counted.first_minute if happened else None,
        last_minute=counted.last_minute if happened else None,
        feedback=said,
    )
