"""Releases over all environments, as sentry-cli lists them: what was told of them beside what was measured."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from models.store.queries.releases_told import commit_counts
from models.store.tables import (
    deploy_fact,
    issue_merged,
    issue_minute,
    issue_seen,
    release_commit,
    release_seen,
    release_told,
)

MINUTE = 60_000
PAGE = 100

Place = tuple[int, str]
"""Where a page ended: the time (ms) and the release of its last row."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Times in ms."""

    release: str
    created_at: int
    """When it was told of or, never told of, first deployed or seen."""
    started_at: int | None
    released_at: int | None
    url: str | None
    first_event: int | None
    last_event: int | None
    new_issues: int
    """Issues that were new in it in any environment."""
    commits: int
    last_commit: str | None
    deploys: int

    @property
    def place(self) -> Place:
        return self.created_at, self.release


def listed(connection: Connection, project: str, *, before: Place | None = None, limit: int = PAGE) -> list[Overview]:
    """The newest first."""
    known = _known(connection, project)
    found = sorted(((at, release) for release, at in known.items()), reverse=True)
    if before is not None:
        found = [place for place in found if place < before]
    return _described(connection, project, {release: at for at, release in found[:limit]})


def view(connection: Connection, project: str, release: str) -> Overview | None:
    """None for a release that nobody told of, deployed or used, and for one that was deleted."""
    found = _described(connection, project, _known(connection, project, release))
    return found[0] if found else None


def _known(connection: Connection, project: str, release: str | None = None) -> dict[str, int]:
    """By release, when it was created."""
    told, deployed, seen = release_told.c, deploy_fact.c, release_seen.c
    created = select(told.release, told.created_at).where(told.project == project, told.deleted_at.is_(None))
    gone = select(told.release).where(told.project == project, told.deleted_at.is_not(None))
    put = select(deployed.release, func.min(deployed.booked_at)).where(deployed.project == project)
    used = select(seen.release, func.min(seen.first_minute) * MINUTE).where(seen.project == project, seen.release != "")
    if release is not None:
        created, gone = created.where(told.release == release), gone.where(told.release == release)
        put, used = put.where(deployed.release == release), used.where(seen.release == release)
    found: dict[str, int] = {}
    for query in (put.group_by(deployed.release), used.group_by(seen.release)):
        for name, at in connection.execute(query):
            found[name] = min(at, found.get(name, at))
    found |= {row[0]: row[1] for row in connection.execute(created)}
    deleted = set(connection.execute(gone).scalars())
    return {name: at for name, at in found.items() if name not in deleted}


def _described(connection: Connection, project: str, known: dict[str, int]) -> list[Overview]:
    of = (connection, project, list(known))
    rows_told = connection.execute(select(release_told).where(_among(release_told, project, list(known))))
    told = {row.release: row for row in rows_told}
    events, new, commits, last, deploys = _events(*of), _new(*of), commit_counts(*of), _last_commits(*of), _deploys(*of)
    rows = []
    for release, at in known.items():
        one = told.get(release)
        first_event, last_event = events.get(release, (None, None))
        rows.append(
            Overview(
                release=release,
                created_at=at,
                started_at=one.started_at if one else None,
                released_at=one.released_at if one else None,
                url=one.url if one else None,
                first_event=first_event,
                last_event=last_event,
                new_issues=new.get(release, 0),
                commits=commits.get(release, 0),
                last_commit=last.get(release),
                deploys=deploys.get(release, 0),
            )
        )
    return rows


def _among(table: Table, project: str, releases: Collection[str]) -> ColumnElement[bool]:
    return and_(table.c.project == project, table.c.release.in_(releases))


def _events(connection: Connection, project: str, releases: Collection[str]) -> dict[str, tuple[int, int]]:
    """By release, the starts (ms) of the minutes of its first and last event."""
    columns = issue_minute.c
    query = select(columns.release, func.min(columns.minute), func.max(columns.minute))
    rows = connection.execute(query.where(_among(issue_minute, project, releases)).group_by(columns.release))
    return {row[0]: (row[1] * MINUTE, row[2] * MINUTE) for row in rows}


def _new(connection: Connection, project: str, releases: Collection[str]) -> dict[str, int]:
    """By release, the issues that no other release of the same environment had in an earlier minute."""
    columns, merged = issue_seen.c, issue_merged.c
    is_merged = and_(merged.project == columns.project, merged.issue == columns.issue)
    read_as = func.coalesce(merged.survivor, columns.issue).label("issue")
    seen = (
        select(columns.environment, read_as, columns.release, columns.first_minute)
        .select_from(issue_seen.outerjoin(issue_merged, is_merged))
        .where(columns.project == project)
        .cte()
    )
    place = (seen.c.environment, seen.c.issue)
    first = select(*place, func.min(seen.c.first_minute).label("minute")).group_by(*place).subquery()
    same = and_(
        first.c.environment == seen.c.environment,
        first.c.issue == seen.c.issue,
        first.c.minute == seen.c.first_minute,
    )
    query = select(seen.c.release, func.count(seen.c.issue.distinct())).join_from(seen, first, same)
    rows = connection.execute(query.where(seen.c.release.in_(releases)).group_by(seen.c.release))
    return {row[0]: row[1] for row in rows}


def _last_commits(connection: Connection, project: str, releases: Collection[str]) -> dict[str, str]:
    columns = release_commit.c
    query = select(columns.release, columns.commit_id).where(_among(release_commit, project, releases))
    return {row[0]: row[1] for row in connection.execute(query.where(columns.place == 0))}


def _deploys(connection: Connection, project: str, releases: Collection[str]) -> dict[str, int]:
    """By release, its deploys: facts of one id are one deploy."""
    columns = deploy_fact.c
    one = func.coalesce(columns.deploy, columns.fact)
    query = select(columns.release, columns.environment, one).where(_among(deploy_fact, project, releases)).distinct()
    found = query.subquery().c
    return {row[0]: row[1] for row in connection.execute(select(found.release, func.count()).group_by(found.release))}
