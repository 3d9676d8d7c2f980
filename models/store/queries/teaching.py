"""Merges and splits of issues by people: what holds for the events to come, each with an entry in the audit.

Consumers never write these tables, and nobody else does: a key's row stays as the consumer that came first wrote it
(docs/adr/0018).
"""

import json
from collections.abc import Collection, Iterable
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.store.queries import issue_names
from models.store.queries.grouping import keys_of
from models.store.tables import audit, issue, issue_key, issue_merged, key_moved, taught

DECIDING = ("primary", "message alone")
"""The keys by which most events are found; the others only lead events of a new primary key to their issue."""


class Unteachable(ValueError):
    """The merge or split cannot be; the message says why, and what to do."""


def survivor_of(connection: Connection, project: str, identifier: str) -> str:
    """The issue that an issue was merged into, else itself."""
    columns = issue_merged.c
    query = select(columns.survivor).where(columns.project == project, columns.issue == identifier)
    found: str | None = connection.execute(query).scalar()
    return found or identifier


def merged_into(connection: Connection, project: str, identifier: str) -> list[str]:
    """The issues that were merged into this one."""
    columns = issue_merged.c
    query = select(columns.issue).where(columns.project == project, columns.survivor == identifier)
    return list(connection.execute(query.order_by(columns.issue)).scalars())


def merge(connection: Connection, project: str, identifier: str, into: str, reason: str, by: str, now: int) -> str:
    """Make one issue part of another; the issue that the events of both join from now on. Raises `Unteachable`.

    The connection must be open for writing. ``now`` in ms.
    """
    for one in (identifier, into):
        _check_exists(connection, project, one)
    version = _learn(connection, project)
    gone, survivor = survivor_of(connection, project, identifier), survivor_of(connection, project, into)
    if gone == survivor:
        raise Unteachable("they are one issue already: nothing is to be merged")
    if gone != identifier:
        raise Unteachable(f"it is part of {_name(connection, project, gone)}: merge that one, or split it off first")
    columns = issue_merged.c
    of_gone = (columns.project == project) & (columns.survivor == gone)
    connection.execute(update(issue_merged).where(of_gone).values(survivor=survivor))
    connection.execute(insert(issue_merged).values(project=project, issue=gone, survivor=survivor))
    _audit(connection, project, version, "issue merge", {"issue": gone, "into": survivor, "reason": reason}, by, now)
    return survivor


def split(connection: Connection, project: str, identifier: str, reason: str, by: str, now: int) -> str:
    """Take an issue out of the one it was merged into; that one. Raises `Unteachable`. As `merge` otherwise.

    Issues that were merged into it before it was merged itself stay where they are.
    """
    version = _learn(connection, project)
    survivor = survivor_of(connection, project, identifier)
    if survivor == identifier:
        raise Unteachable("it was merged into no other issue: to split off a part of it, name keys that `why` shows")
    columns = issue_merged.c
    connection.execute(delete(issue_merged).where(columns.project == project, columns.issue == identifier))
    _audit(
        connection, project, version, "issue split", {"issue": identifier, "from": survivor, "reason": reason}, by, now
    )
    return survivor


def split_keys(
    connection: Connection, project: str, identifier: str, keys: Collection[str], told: tuple[str, str, int]
) -> str:
    """Make an issue of its own of the events that some of an issue's keys find; its id. Raises `Unteachable`.

    ``told``: the reason, who says it, and when (ms). As `merge` otherwise.
    """
    reason, by, now = told
    version = _learn(connection, project)
    known = {one.key for one in keys_of(connection, project, identifier) if one.kind in DECIDING}
    if strange := sorted(set(keys) - known):
        raise Unteachable(f"{strange[0]} is no primary key of this issue: take keys that `why` shows as primary")
    if not set(keys) < known:
        raise Unteachable(
            "no other primary key would be left: where one key finds several causes, a fingerprint rule in the"
            " project's settings tells them apart"
        )
    made = blake2b(f"{project}\nsplit\n{version}".encode(), digest_size=16).hexdigest()
    of_keys = (key_moved.c.project == project) & key_moved.c.key.in_(keys)
    connection.execute(delete(key_moved).where(of_keys))
    connection.execute(insert(key_moved), [{"project": project, "key": key, "issue": made} for key in sorted(keys)])
    detail = {"issue": identifier, "keys": sorted(keys), "into": made, "reason": reason}
    _audit(connection, project, version, "issue split", detail, by, now)
    return made


def _name(connection: Connection, project: str, identifier: str) -> str:
    return issue_names.names(connection, project, [identifier]).get(identifier, identifier)


def _learn(connection: Connection, project: str) -> int:
    """The next version of what was taught; whoever else teaches waits until this is kept."""
    of_project = taught.c.project == project
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    begun = dialect.insert(taught).values(project=project, version=0)
    connection.execute(begun.on_conflict_do_nothing())
    connection.execute(update(taught).where(of_project).values(version=taught.c.version + 1))
    return int(connection.execute(select(func.max(taught.c.version)).where(of_project)).scalar_one())


def _check_exists(connection: Connection, project: str, identifier: str) -> None:
    tables: Iterable[Any] = (issue.c, issue_key.c, key_moved.c)
    for columns in tables:
        query = select(columns.issue).where(columns.project == project, columns.issue == identifier)
        if connection.execute(query.limit(1)).first():
            return
    raise Unteachable(f"there is no issue {identifier!r}: see the list of issues")


def _audit(
    connection: Connection, project: str, version: int, command: str, detail: dict[str, Any], by: str, now: int
) -> None:
    entry = {"project": project, "entry": f"taught-{version}", "said_by": by, "command": command, "at": now}
    connection.execute(insert(audit).values(entry | {"detail": json.dumps(detail)}))
