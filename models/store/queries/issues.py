"""Issues with their counts. One query gives both the rows and the numbers that link to them, so that they agree."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, distinct, func, or_, select

from models.store.queries import feedback
from models.store.tables import issue, issue_minute, issue_name, issue_seen, issue_user

PAGE = 50
PREFIX_LETTERS = 8
NEW, SEEN = "new_here", "seen_before"
STATES = (NEW, SEEN)
"""Of an issue in a release: no release of the environment had it before, or one had."""

Place = tuple[int, int, str]
"""Where a page ended: users, events and id of its last issue."""


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
    first_minute: int
    last_minute: int
    state: str | None
    """One of `STATES` in a release; None where no release is asked for."""
    feedback: int

    @property
    def place(self) -> Place:
        return self.users, self.events, self.issue


@dataclass(frozen=True, slots=True)
class InRelease:
    release: str
    users: int
    events: int
    first_minute: int
    last_minute: int


def listed(
    connection: Connection,
    project: str,
    environment: str,
    release: str | None = None,
    *,
    state: str | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> list[Issue]:
    """Those that hurt most users first; those that are new in ``release`` before all others where one is asked for."""
    new = new_in(connection, project, environment, release) if release is not None else frozenset[str]()
    counted = _counted(project, environment, release).subquery()
    query = select(counted)
    if state is not None:
        among = counted.c.issue.in_(new)
        query = query.where(among if state == NEW else ~among)
    if after is not None:
        users, events, last = after
        same_users = and_(counted.c.users == users, counted.c.events < events)
        same = and_(counted.c.users == users, counted.c.events == events, counted.c.issue > last)
        query = query.where(or_(counted.c.users < users, same_users, same))
    order = (counted.c.users.desc(), counted.c.events.desc(), counted.c.issue)
    rows = connection.execute(query.order_by(*order).limit(limit)).all()
    return _described(connection, project, environment, release, rows, new)


def view(connection: Connection, project: str, environment: str, name: str, release: str | None = None) -> Issue | None:
    """One issue by its id or its name (``SHOP-12``); None if it was never seen there."""
    identifier = _identifier(connection, project, name)
    if identifier is None:
        return None
    counted = _counted(project, environment, release, identifier)
    rows = connection.execute(counted).all()
    new = new_in(connection, project, environment, release) if release is not None else frozenset[str]()
    found = _described(connection, project, environment, release, rows, new)
    return found[0] if found else None


def by_release(connection: Connection, project: str, environment: str, identifier: str) -> list[InRelease]:
    """The issue in each release that had it, in the order in which they first had it."""
    counted = _counted(project, environment, None, identifier, by_release=True)
    rows = connection.execute(counted).all()
    found = [InRelease(row.release, row.users or 0, int(row.events), row.first_minute, row.last_minute) for row in rows]
    return sorted(found, key=lambda one: (one.first_minute, one.release))


def totals(
    connection: Connection, project: str, environment: str, releases: Collection[str]
) -> dict[str, tuple[int, int]]:
    """By release: how many issues it has, and how many of them are new in it."""
    columns = issue_minute.c
    where = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    query = select(columns.release, func.count(distinct(columns.issue))).where(*where).group_by(columns.release)
    every = {row[0]: row[1] for row in connection.execute(query)}
    first = _new(project, environment, issue_seen.c.release.in_(releases)).subquery()
    counted = select(first.c.release, func.count()).group_by(first.c.release)
    new = {row[0]: row[1] for row in connection.execute(counted)}
    return {release: (every.get(release, 0), new.get(release, 0)) for release in releases}


def new_in(connection: Connection, project: str, environment: str, release: str) -> frozenset[str]:
    """The issues that this release had before any other in the environment (or in the same minute)."""
    query = _new(project, environment, issue_seen.c.release == release)
    return frozenset(row.issue for row in connection.execute(query))


def first_releases(connection: Connection, project: str, environment: str, identifier: str) -> frozenset[str]:
    """The releases in which an issue is new: one, or several that had it in the same minute."""
    query = _new(project, environment, issue_seen.c.issue == identifier)
    return frozenset(row.release for row in connection.execute(query))


def names(connection: Connection, project: str, identifiers: Collection[str]) -> dict[str, str]:
    """The short names of issues that have one."""
    columns = issue_name.c
    query = select(columns.issue, columns.number).where(columns.project == project, columns.issue.in_(identifiers))
    return {row.issue: short_name(project, row.number) for row in connection.execute(query)}


def short_name(project: str, number: int) -> str:
    """``SHOP-12``: the letters of the project's name, at most eight, and the number."""
    letters = re.sub(r"[^A-Za-z]", "", project)[:PREFIX_LETTERS].upper()
    return f"{letters or 'ISSUE'}-{number}"


def _identifier(connection: Connection, project: str, name: str) -> str | None:
    prefix, _, number = name.rpartition("-")
    if prefix and number.isascii() and number.isdigit() and len(number) < 19:  # noqa: PLR2004 - of a 64-bit number
        columns = issue_name.c
        query = select(columns.issue).where(columns.project == project, columns.number == int(number))
        found: str | None = connection.execute(query).scalar()
        return found if found and short_name(project, int(number)) == name.upper() else None
    return name


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
        other.c.first_minute < ours.c.minute,
    )
    return select(ours.c.release, ours.c.issue).where(~earlier.exists())


def _counted(
    project: str, environment: str, release: str | None, only: str | None = None, *, by_release: bool = False
) -> Select[*tuple[Any, ...]]:
    """Users, events and times of each issue."""
    minutes, users = (
        _of(issue_minute, project, environment, release, only),
        _of(issue_user, project, environment, release, only),
    )
    group = [issue_minute.c.issue, *([issue_minute.c.release] if by_release else [])]
    events = (
        select(
            *group,
            func.sum(issue_minute.c.events).label("events"),
            func.sum(issue_minute.c.unhandled).label("unhandled"),
            func.min(issue_minute.c.minute).label("first_minute"),
            func.max(issue_minute.c.minute).label("last_minute"),
        )
        .where(*minutes)
        .group_by(*group)
        .subquery()
    )
    of = [issue_user.c.issue, *([issue_user.c.release] if by_release else [])]
    hurt = (
        select(*of, func.count(distinct(issue_user.c.identity)).label("users")).where(*users).group_by(*of).subquery()
    )
    same = events.c.issue == hurt.c.issue
    if by_release:
        same = and_(same, events.c.release == hurt.c.release)
    return select(events, func.coalesce(hurt.c.users, 0).label("users")).outerjoin_from(events, hurt, same)


def _of(
    table: Table, project: str, environment: str, release: str | None, only: str | None
) -> list[ColumnElement[bool]]:
    """The same place in either of two tables."""
    columns = table.c
    where = [columns.project == project, columns.environment == environment]
    if release is not None:
        where.append(columns.release == release)
    if only is not None:
        where.append(columns.issue == only)
    return where


def _described(
    connection: Connection,
    project: str,
    environment: str,
    release: str | None,
    rows: Sequence[Row[*tuple[Any, ...]]],
    new: frozenset[str],
) -> list[Issue]:
    identifiers = [row.issue for row in rows]
    told = {
        row.issue: row
        for row in connection.execute(select(issue).where(issue.c.project == project, issue.c.issue.in_(identifiers)))
    }
    called = names(connection, project, identifiers)
    said = feedback.of_issues(connection, project, environment, release, identifiers)
    return [
        Issue(
            issue=row.issue,
            name=called.get(row.issue),
            title=told[row.issue].title if row.issue in told else row.issue,
            culprit=told[row.issue].culprit if row.issue in told else None,
            level=told[row.issue].level if row.issue in told else "error",
            users=int(row.users),
            events=int(row.events),
            unhandled=int(row.unhandled),
            first_minute=row.first_minute,
            last_minute=row.last_minute,
            state=None if release is None else NEW if row.issue in new else SEEN,
            feedback=said.get(row.issue, 0),
        )
        for row in rows
    ]
