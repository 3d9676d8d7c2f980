"""What closed minutes add to the totals of issues and releases. They never change, so that each is counted once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from models.domain.age import age_of
from models.store.tables import anonymous_failure, issue_minute, issue_seen, issue_user, release_seen, session_minute

Place: TypeAlias = tuple[str, str]
"""Environment and release."""
Cell: TypeAlias = tuple[str, str, str, int]
"""Environment, release, issue and age."""


@dataclass(slots=True)
class Total:
    """Of one issue at one age of a release."""

    first_minute: int
    last_minute: int
    events: int = 0
    unhandled: int = 0
    users: int = 0
    newcomers: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Added:
    """What a range of minutes adds."""

    issues: dict[Cell, Total] = field(default_factory=dict)
    sessions: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """Sessions started, by environment, release and age."""


def begin(connection: Connection, project: str) -> int | None:
    """The first minute that has anything; None if there is nothing yet."""
    columns = release_seen.c
    named: int | None = connection.execute(
        select(func.min(columns.first_minute)).where(columns.project == project)
    ).scalar()
    unnamed: int | None = connection.execute(
        select(func.min(issue_seen.c.first_minute)).where(issue_seen.c.project == project)
    ).scalar()
    return min((one for one in (named, unnamed) if one is not None), default=None)


def added(connection: Connection, project: str, first: int, last: int) -> Added:
    """What the minutes from ``first`` to ``last`` add, of which nothing is counted yet."""
    found = Added()
    environments = _environments(connection, project)
    minutes = _Minutes(connection, project, first, last, {})
    for environment in environments:
        minutes.starts.update(_starts(connection, project, environment))
        for release, minute, started in minutes.sessions(environment):
            key = (environment, release, minutes.age(environment, release, minute))
            found.sessions[key] = found.sessions.get(key, 0) + int(started)
    for environment, release, issue, minute, events, unhandled in minutes.events():
        cell = (environment, release, issue, minutes.age(environment, release, minute))
        total = found.issues.setdefault(cell, Total(minute, minute))
        total.events += int(events)
        total.unhandled += int(unhandled)
        total.first_minute, total.last_minute = min(total.first_minute, minute), max(total.last_minute, minute)
    for environment in sorted({cell[0] for cell in found.issues}):
        for cell, is_newcomer in minutes.reached(environment):
            found.issues[cell].users += 1
            found.issues[cell].newcomers += is_newcomer
        for release, issue, minute, failures in minutes.failed(environment):
            found.issues[environment, release, issue, minutes.age(environment, release, minute)].failures += failures
    return found


@dataclass(frozen=True, slots=True)
class _Minutes:
    """A range of minutes of a project; ``starts``: the first minute of each release in each environment."""

    connection: Connection
    project: str
    first: int
    last: int
    starts: dict[Place, int]

    def age(self, environment: str, release: str, minute: int) -> int:
        return age_of(minute - self.starts.get((environment, release), minute))

    def events(self) -> Iterable[tuple[str, str, str, int, int, int]]:
        columns = issue_minute.c
        cell = (columns.environment, columns.release, columns.issue, columns.minute)
        query = select(*cell, func.sum(columns.events), func.sum(columns.unhandled))
        within = (columns.project == self.project, columns.minute.between(self.first, self.last))
        return (tuple(row) for row in self.connection.execute(query.where(*within).group_by(*cell)))

    def sessions(self, environment: str) -> Iterable[tuple[str, int, int]]:
        columns = session_minute.c
        query = select(columns.release, columns.minute, func.sum(columns.started))
        within = columns.minute.between(self.first, self.last)
        query = query.where(*self._of(session_minute, environment), within)
        return (tuple(row) for row in self.connection.execute(query.group_by(columns.release, columns.minute)))

    def failed(self, environment: str) -> Iterable[tuple[str, str, int, int]]:
        columns = anonymous_failure.c
        within = columns.minute.between(self.first, self.last)
        releases = [release for place, release in self.starts if place == environment]
        units = select(columns.release, columns.issue, columns.minute, columns.host).distinct()
        units = units.where(*self._of(anonymous_failure, environment), columns.release.in_([*releases, ""]), within)
        distinct = units.subquery().c
        cell = (distinct.release, distinct.issue, distinct.minute)
        return (tuple(row) for row in self.connection.execute(select(*cell, func.count()).group_by(*cell)))

    def reached(self, environment: str) -> Iterable[tuple[Cell, bool]]:
        """Each user whom an issue reached for the first time in a release, and whether for the first time at all."""
        columns, before, seen = issue_user.c, issue_user.alias(), issue_seen.alias()
        within = columns.first_minute.between(self.first, self.last)
        who = (columns.issue, columns.identity)
        told = select(columns.release, *who, func.min(columns.first_minute).label("minute"))
        users = told.where(*self._of(issue_user, environment), within).group_by(columns.release, *who).subquery()
        same = (before.c.issue == users.c.issue, before.c.identity == users.c.identity)
        earlier = (*self._of(before, environment), *same, before.c.first_minute + 0 < self.first)
        here = select(before.c.issue).where(*earlier, before.c.release == users.c.release).exists()
        had = (*self._of(seen, environment), seen.c.issue == users.c.issue, seen.c.release != users.c.release)
        elsewhere = select(before.c.issue).where(
            *earlier, before.c.release.in_(select(seen.c.release).where(*had).correlate(users))
        )
        query = select(users, elsewhere.exists().label("known")).where(~here)
        firsts: dict[tuple[str, str], tuple[int, str]] = {}
        rows = self.connection.execute(query.order_by(users.c.minute, users.c.release)).all()
        for row in rows:
            firsts.setdefault((row.issue, row.identity), (row.minute, row.release))
        for row in rows:
            is_newcomer = not row.known and firsts[row.issue, row.identity] == (row.minute, row.release)
            yield (environment, row.release, row.issue, self.age(environment, row.release, row.minute)), is_newcomer

    def _of(self, table: FromClause, environment: str) -> tuple[ColumnElement[bool], ...]:
        return table.c.project == self.project, table.c.environment == environment


def _environments(connection: Connection, project: str) -> list[str]:
    found: set[str] = set()
    for columns in (release_seen.c, issue_seen.c):
        query = select(columns.environment).where(columns.project == project).distinct()
        found |= set(connection.execute(query).scalars())
    return sorted(found)


def _starts(connection: Connection, project: str, environment: str) -> Mapping[Place, int]:
    columns = release_seen.c
    query = select(columns.release, func.min(columns.first_minute)).group_by(columns.release)
    where = (columns.project == project, columns.environment == environment)
    starts: dict[Place, int] = defaultdict(int)
    for release, minute in connection.execute(query.where(*where)):
        starts[environment, release] = minute
    return starts
