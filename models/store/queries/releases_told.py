"""What sentry-cli told of releases: their commits, references and dates."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, or_, select

from models.domain.commit import Commit, Ref
from models.store.tables import release_commit, release_ref, release_told, repository

PAGE = 100


def commits(connection: Connection, project: str, release: str) -> list[Commit]:
    """The commits of a release, the newest first.

    Of a reference to a repository only its last commit is known; if another release told of that commit, with what
    was told then.
    """
    columns = release_commit.c
    where = (columns.project == project, columns.release == release)
    rows = connection.execute(select(release_commit).where(*where).order_by(columns.place))
    told = [_commit(row) for row in rows]
    known = {one.id for one in told}
    heads = [one for one in refs(connection, project, release) if one.commit not in known]
    elsewhere = _told_elsewhere(connection, project, [one.commit for one in heads])
    return told + [elsewhere.get(one.commit, Commit(one.commit, repository=one.repository)) for one in heads]


def refs(connection: Connection, project: str, release: str) -> list[Ref]:
    columns = release_ref.c
    query = select(columns.repository, columns.commit_id, columns.previous).order_by(columns.repository)
    return [
        Ref(*row) for row in connection.execute(query.where(columns.project == project, columns.release == release))
    ]


def before_with_commits(connection: Connection, project: str, release: str) -> str | None:
    """The last release told of before this one that has commits or references; None if there is none."""
    told, mine = release_told.c, release_told.alias().c
    earlier = or_(told.created_at < mine.created_at, and_(told.created_at == mine.created_at, told.release < release))
    has_commits = select(release_commit.c.place).where(_of(release_commit)).exists()
    has_refs = select(release_ref.c.repository).where(_of(release_ref)).exists()
    query = (
        select(told.release)
        .join_from(release_told, mine.release.table, and_(mine.project == project, mine.release == release))
        .where(told.project == project, told.deleted_at.is_(None), earlier, or_(has_commits, has_refs))
        .order_by(told.created_at.desc(), told.release.desc())
    )
    found: str | None = connection.execute(query.limit(1)).scalar()
    return found


def commit_counts(connection: Connection, project: str, releases: Collection[str]) -> dict[str, int]:
    """By release, how many commits it was told with."""
    columns = release_commit.c
    query = select(columns.release, func.count()).where(columns.project == project, columns.release.in_(releases))
    return {row[0]: row[1] for row in connection.execute(query.group_by(columns.release))}


def repositories(
    connection: Connection, project: str, *, after: str = "", limit: int = PAGE
) -> list[tuple[str, str | None, int]]:
    """Name, address and time (ms) of the repositories that references may name, in the order of their names."""
    columns = repository.c
    query = select(columns.repository, columns.url, columns.created_at).where(columns.project == project)
    rows = connection.execute(query.where(columns.repository > after).order_by(columns.repository).limit(limit))
    return [(row[0], row[1], row[2]) for row in rows]


def _of(table: Table) -> ColumnElement[bool]:
    """The rows of the release that is looked at."""
    return and_(table.c.project == release_told.c.project, table.c.release == release_told.c.release)


def _told_elsewhere(connection: Connection, project: str, identifiers: Collection[str]) -> dict[str, Commit]:
    columns = release_commit.c
    where = (columns.project == project, columns.commit_id.in_(identifiers))
    rows = connection.execute(select(release_commit).where(*where).order_by(columns.release.desc(), columns.place))
    return {row.commit_id: _commit(row) for row in rows}


def _commit(row: Row[*tuple[Any, ...]]) -> Commit:
    files = tuple(msgspec.json.decode(row.files))
    return Commit(row.commit_id, row.message, row.author, row.committed_at, files, row.repository)
