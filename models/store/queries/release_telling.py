"""Writes what sentry-cli tells of releases, with entries in the audit. The connection must be open for writing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select, update

from models.domain.commit import Commit, Ref
from models.store.tables import audit, release_commit, release_ref, release_told, repository

Dates = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells, of which project, and when (ms)."""

    project: str
    by: str
    now: int


def tell(connection: Connection, teller: Teller, release: str, dates: Dates) -> bool:
    """A release with its ``started_at``, ``released_at`` (ms) and ``url``, as far as told; whether it was new.

    One that was forgotten begins anew.
    """
    key = {"project": teller.project, "release": release}
    row = connection.execute(select(release_told).filter_by(**key)).one_or_none()
    if row is None:
        connection.execute(insert(release_told).values(key | {"created_at": teller.now} | dates))
    elif row.deleted_at is not None:
        begun = {"created_at": teller.now, "started_at": None, "released_at": None, "url": None, "deleted_at": None}
        connection.execute(update(release_told).filter_by(**key).values(begun | dates))
    elif dates:
        connection.execute(update(release_told).filter_by(**key).values(dates))
    new = row is None or row.deleted_at is not None
    if new or dates:
        _audit(connection, teller, "release tell", {"release": release, "new": new} | dates)
    return new


def set_commits(connection: Connection, teller: Teller, release: str, commits: Sequence[Commit]) -> None:
    """These instead of all that were told before."""
    _clear(connection, teller, release, release_commit)
    rows = [
        {"project": teller.project, "release": release, "place": place, "commit_id": one.id}
        | {"repository": one.repository, "message": one.message, "author": one.author, "committed_at": one.at}
        | {"files": msgspec.json.encode(one.files).decode()}
        for place, one in enumerate(commits)
    ]
    if rows:
        connection.execute(insert(release_commit), rows)
    _audit(connection, teller, "release set-commits", {"release": release, "commits": len(rows)})


def set_refs(connection: Connection, teller: Teller, release: str, refs: Iterable[Ref]) -> None:
    """These instead of all that were told before. None at all clears the commits too, as sentry-cli means it."""
    of = {one.repository: one for one in refs}
    _clear(connection, teller, release, release_ref)
    if not of:
        _clear(connection, teller, release, release_commit)
    for one in of.values():
        row = {"project": teller.project, "release": release, "repository": one.repository}
        connection.execute(insert(release_ref).values(row | {"commit_id": one.commit, "previous": one.previous}))
    _audit(
        connection,
        teller,
        "release set-refs",
        {"release": release, "refs": [msgspec.to_builtins(one) for one in of.values()]},
    )


def forget(connection: Connection, teller: Teller, release: str) -> None:
    """What was told of a release is gone; its name stays, and so does what was measured of it."""
    key = {"project": teller.project, "release": release}
    gone = {"deleted_at": teller.now}
    if not connection.execute(update(release_told).filter_by(**key).values(gone)).rowcount:
        connection.execute(insert(release_told).values(key | {"created_at": teller.now} | gone))
    for table in (release_commit, release_ref):
        _clear(connection, teller, release, table)
    _audit(connection, teller, "release delete", {"release": release})


def add_repository(connection: Connection, teller: Teller, name: str, url: str | None) -> bool:
    """A repository that references may name; whether it was new."""
    key = {"project": teller.project, "repository": name}
    if connection.execute(select(repository.c.repository).filter_by(**key)).first():
        connection.execute(update(repository).filter_by(**key).values(url=url))
        return False
    connection.execute(insert(repository).values(key | {"url": url, "created_at": teller.now}))
    _audit(connection, teller, "repository add", {"repository": name})
    return True


def _clear(connection: Connection, teller: Teller, release: str, table: Table) -> None:
    connection.execute(delete(table).filter_by(project=teller.project, release=release))


def _audit(connection: Connection, teller: Teller, command: str, detail: dict[str, Any]) -> None:
    entry = {"project": teller.project, "entry": uuid4().hex, "said_by": teller.by, "command": command}
    connection.execute(insert(audit).values(entry | {"detail": json.dumps(detail), "at": teller.now}))
