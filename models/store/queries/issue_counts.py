"""How often each issue happened and how many users it reached: totals of the closed minutes, and the minutes since.

Users are counted exactly, each once: over all releases, or in the one that is asked for. Issues that people merged
count as one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, func, select

from models.store.queries import merged_counts
from models.store.queries.merged import NONE, Merged
from models.store.tables import issue_minute, issue_seen, issue_total, issue_user, release_total, total_mark

NOTHING = -1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counts:
    """Minutes are of booking time."""

    users: int
    events: int
    unhandled: int
    first_minute: int
    last_minute: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which issues: of an environment, of a release in it where one is named, or a single one."""

    project: str
    environment: str
    release: str | None = None
    issue: str | None = None
    merged: Merged = NONE

    @property
    def members(self) -> tuple[str, ...]:
        """What the single issue is made of."""
        return self.merged.group(self.issue) if self.issue is not None else ()


def counted_to(connection: Connection, project: str) -> int:
    """The last minute that is in the totals; -1 before the first one."""
    query = select(total_mark.c.counted_to).where(total_mark.c.project == project)
    found: int | None = connection.execute(query).scalar()
    return NOTHING if found is None else found


def of_issues(connection: Connection, asked: Asked) -> dict[str, Counts]:
    """Of each issue, whatever the number of releases it was in."""
    group = ("issue",)
    return {key[0]: counts for key, counts in _counts(connection, asked, group).items()}


def by_release(connection: Connection, asked: Asked) -> dict[str, Counts]:
    """Of one issue in each release that had it."""
    return {key[1]: counts for key, counts in _counts(connection, asked, ("issue", "release")).items()}


def had(
    connection: Connection, project: str, environment: str, releases: Collection[str], merged: Merged = NONE
) -> dict[str, set[str]]:
    """By release, the issues with an event in it."""
    found: dict[str, set[str]] = {release: set() for release in releases}
    columns, since = issue_total.c, issue_minute.c
    totals = select(columns.release, columns.issue).where(
        columns.project == project, columns.environment == environment, columns.release.in_(releases)
    )
    tail = select(since.release, since.issue).where(
        *_since(Asked(project, environment), counted_to(connection, project)), _unindexed(since.release).in_(releases)
    )
    for query in (totals, tail):
        for release, issue in connection.execute(query.distinct()):
            found[release].add(merged.survivor(issue))
    return found


def reached(
    connection: Connection,
    project: str,
    environment: str,
    releases: Collection[str],
    age: int,
    merged: Merged = NONE,
) -> dict[tuple[str, str], tuple[int, int]]:
    """By release and issue, its users, and its failures of nobody known, up to an age of the release.

    Of minutes that are in the totals; ages are those of `models.domain.age`.
    """
    columns = issue_total.c
    cell = (columns.issue, columns.release)
    where = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    query = select(*cell, func.sum(columns.users), func.sum(columns.failures)).where(*where, columns.age <= age)
    rows = connection.execute(query.group_by(*cell))
    found: dict[tuple[str, ...], tuple[int, int]] = {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}
    read, several = _as_read(found, merged, lambda one, other: (one[0] + other[0], one[1] + other[1]))
    if several:
        issues = merged.groups({key[0] for key in several})
        mark = counted_to(connection, project)
        exact = merged_counts.reached(connection, (project, environment), issues, releases, 2**age, mark)
        read |= {key: exact.get(key, (0, 0)) for key in several}
    return {(release, issue): hurt for (issue, release), hurt in read.items()}


def exposed(
    connection: Connection, project: str, environment: str, releases: Collection[str], age: int
) -> dict[str, int]:
    """By release, the sessions started up to an age of it, in minutes that are in the totals."""
    columns = release_total.c
    place = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    query = select(columns.release, func.sum(columns.started)).where(*place, columns.age <= age)
    return {row[0]: int(row[1]) for row in connection.execute(query.group_by(columns.release))}


def _counts(connection: Connection, asked: Asked, group: tuple[str, ...]) -> dict[tuple[str, ...], Counts]:
    read, several = _as_read(_counted(connection, asked, group), asked.merged, _joined)
    if several:
        issues = asked.merged.groups({key[0] for key in several})
        place = (asked.project, asked.environment)
        users = merged_counts.users(connection, place, issues, asked.release, group)
        read |= {key: replace(read[key], users=users.get(key, 0)) for key in several}
    return read


def _as_read(
    found: Mapping[tuple[str, ...], T], merged: Merged, join: Callable[[T, T], T]
) -> tuple[dict[tuple[str, ...], T], set[tuple[str, ...]]]:
    """What was counted by issue, as people see the issues; and the keys in which several of a group happened."""
    read: dict[tuple[str, ...], T] = {}
    several = set()
    for (issue, *rest), one in found.items():
        key = (merged.survivor(issue), *rest)
        if key in read:
            several.add(key)
        read[key] = join(read[key], one) if key in read else one
    return read, several


def _counted(connection: Connection, asked: Asked, group: tuple[str, ...]) -> dict[tuple[str, ...], Counts]:
    mark = counted_to(connection, asked.project)
    once_a_release = asked.release is not None or "release" in group
    found = {_key(row, group): _of(row) for row in connection.execute(_totals(asked, group, once_a_release))}
    for row in connection.execute(_events_since(asked, group, mark)):
        before = found.get(_key(row, group))
        found[_key(row, group)] = _joined(before, _of(row)) if before else _of(row)
    users = _users_since(asked, group, mark, once_a_release=once_a_release)
    for row in connection.execute(users):
        key = _key(row, group)
        if before := found.get(key):  # else its events were booked after they were read
            found[key] = _joined(before, Counts(row.users, 0, 0, before.first_minute, before.last_minute))
    return found


def _key(row: Row[*tuple[Any, ...]], group: Iterable[str]) -> tuple[str, ...]:
    return tuple(row._mapping[name] for name in group)  # noqa: SLF001 - SQLAlchemy's name for a row by columns


def _of(row: Row[*tuple[Any, ...]]) -> Counts:
    return Counts(int(row.users), int(row.events), int(row.unhandled), row.first_minute, row.last_minute)


def _joined(one: Counts, other: Counts) -> Counts:
    return Counts(
        one.users + other.users,
        one.events + other.events,
        one.unhandled + other.unhandled,
        min(one.first_minute, other.first_minute),
        max(one.last_minute, other.last_minute),
    )


def _totals(asked: Asked, group: tuple[str, ...], once_a_release: bool) -> Select[*tuple[Any, ...]]:  # noqa: FBT001
    columns = issue_total.c
    of = [columns[name] for name in group]
    users = columns.users if once_a_release else columns.newcomers
    query = select(
        *of,
        func.sum(users).label("users"),
        func.sum(columns.events).label("events"),
        func.sum(columns.unhandled).label("unhandled"),
        func.min(columns.first_minute).label("first_minute"),
        func.max(columns.last_minute).label("last_minute"),
    ).where(columns.project == asked.project, columns.environment == asked.environment)
    if asked.release is not None:
        query = query.where(columns.release == asked.release)
    if asked.issue is not None:
        query = query.where(columns.issue.in_(asked.members), columns.release.in_(_releases_with(asked)))
    return query.group_by(*of)


def _releases_with(asked: Asked) -> Select[str]:
    """Where to look for one issue: without it, the totals of all others would be read too."""
    seen = issue_seen.c
    where = (seen.project == asked.project, seen.environment == asked.environment, seen.issue.in_(asked.members))
    return select(seen.release).where(*where).distinct()


def _events_since(asked: Asked, group: tuple[str, ...], mark: int) -> Select[*tuple[Any, ...]]:
    columns = issue_minute.c
    of = [columns[name] for name in group]
    return (
        select(
            *of,
            func.sum(columns.events * 0).label("users"),
            func.sum(columns.events).label("events"),
            func.sum(columns.unhandled).label("unhandled"),
            func.min(columns.minute).label("first_minute"),
            func.max(columns.minute).label("last_minute"),
        )
        .where(*_since(asked, mark))
        .group_by(*of)
    )


def _users_since(asked: Asked, group: tuple[str, ...], mark: int, *, once_a_release: bool) -> Select[*tuple[Any, ...]]:
    """Of those reached since the mark, the ones who are in no total yet; found by the index of their minute.

    An issue of the column itself would come in the order of the primary key, and SQLite would read all of that.
    """
    columns = issue_user.c
    who = [_unindexed(columns.issue).label("issue"), columns.identity, *([columns.release] if once_a_release else [])]
    users = select(*who).where(
        columns.project == asked.project, columns.environment == asked.environment, columns.first_minute > mark
    )
    if asked.release is not None:
        users = users.where(_unindexed(columns.release) == asked.release)
    if asked.issue is not None:
        users = users.where(_unindexed(columns.issue).in_(asked.members))
    distinct = users.distinct().subquery()
    query = select(*(distinct.c[name] for name in group), func.count().label("users"))
    if mark > NOTHING:
        query = query.where(~_known_by(asked, distinct, mark, once_a_release=once_a_release).exists())
    return query.group_by(*(distinct.c[name] for name in group))


def _known_by(asked: Asked, users: Subquery, mark: int, *, once_a_release: bool) -> Select[str]:
    before, seen = issue_user.alias(), issue_seen.alias()
    place = (before.c.project == asked.project, before.c.environment == asked.environment)
    same = (before.c.issue == users.c.issue, before.c.identity == users.c.identity, before.c.first_minute + 0 <= mark)
    if once_a_release:
        return select(before.c.issue).where(*place, *same, before.c.release == users.c.release)
    had = (seen.c.project == asked.project, seen.c.environment == asked.environment, seen.c.issue == users.c.issue)
    releases = select(seen.c.release).where(*had).correlate(users)
    return select(before.c.issue).where(*place, *same, before.c.release.in_(releases))


def _since(asked: Asked, mark: int) -> list[ColumnElement[bool]]:
    """The minutes that are in no total yet, found by their index: no term may lead to all minutes of a release."""
    columns = issue_minute.c
    where = [columns.project == asked.project, columns.minute > mark]
    where.append(_unindexed(columns.environment) == asked.environment)
    if asked.release is not None:
        where.append(_unindexed(columns.release) == asked.release)
    if asked.issue is not None:
        where.append(_unindexed(columns.issue).in_(asked.members))
    return where


def _unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    return column.concat("")
