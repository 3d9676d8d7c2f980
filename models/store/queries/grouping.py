"""Why the events of an issue are one thing: the keys it is known by, and the tree of what they were made of."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, literal, select, union_all

from models.store import samples
from models.store.tables import event_sample, issue, issue_key, issue_merged, issue_why, key_moved

VERSION_BEFORE = "grouping/v1"
SAMPLES = 50
"""Events of an issue, the newest that were kept, that are looked through for what they say."""


@dataclass(frozen=True, slots=True)
class KeyOf:
    """A recorded key: ``issue`` is the one whose events it finds now, after what people taught."""

    key: str
    kind: str
    issue: str
    recorded_at: int
    moved: bool
    """Whether a split gave it to this issue."""


def of_issue(connection: Connection, project: str, identifier: str) -> tuple[str, list[str]] | None:
    """The version of the grouping and the parts of the key, of which the first names the rule that applied."""
    columns = issue.c
    query = select(columns.grouping_version, columns.grouping_key)
    row = connection.execute(query.where(columns.project == project, columns.issue == identifier)).one_or_none()
    return (row.grouping_version, row.grouping_key.split("\n")) if row else None


def tree_of(connection: Connection, project: str, identifier: str) -> dict[str, Any] | None:
    """What the key of the issue's first event was made of; None of issues of the version before."""
    columns = issue_why.c
    query = select(columns.tree).where(columns.project == project, columns.issue == identifier)
    found = connection.execute(query).scalar()
    return samples.unpack(found) if found is not None else None


def recorded(connection: Connection, project: str, keys: Collection[str]) -> dict[str, KeyOf]:
    """What is known of keys; an issue of the version before is found by its id, which was made of its key."""
    own = issue_key.c
    by_key = select(own.key, own.kind, own.issue, own.recorded_at).where(own.project == project, own.key.in_(keys))
    old = issue.c
    by_id = select(old.issue.label("key"), literal(VERSION_BEFORE), old.issue, literal(0)).where(
        old.project == project, old.issue.in_(keys), old.grouping_version == VERSION_BEFORE
    )
    found = union_all(by_key, by_id).subquery()
    return {row.key: KeyOf(*row) for row in connection.execute(_as_taught(project, found))}


def keys_of(connection: Connection, project: str, identifier: str) -> list[KeyOf]:
    """The keys by which events find an issue now, those of issues that were merged into it included."""
    merged = select(issue_merged.c.issue).where(
        issue_merged.c.project == project, issue_merged.c.survivor == identifier
    )
    moved = select(key_moved.c.key).where(
        key_moved.c.project == project, (key_moved.c.issue == identifier) | key_moved.c.issue.in_(merged)
    )
    own = issue_key.c
    candidates = select(own.key, own.kind, own.issue, own.recorded_at).where(
        own.project == project, (own.issue == identifier) | own.issue.in_(merged) | own.key.in_(moved)
    )
    rows = connection.execute(_as_taught(project, candidates.subquery())).all()
    found = [KeyOf(*row) for row in rows if row.issue == identifier]
    return sorted(found, key=lambda one: (one.recorded_at, one.kind, one.key))


def messages_of(connection: Connection, project: str, members: Collection[str]) -> list[dict[str, Any]]:
    """The newest events that were kept whole, of an issue that is made of these."""
    columns = event_sample.c
    query = select(columns.payload).where(columns.project == project, columns.issue.in_(members))
    kept = connection.execute(query.order_by(columns.booked_at.desc(), columns.event_id).limit(SAMPLES)).scalars()
    return [samples.unpack(payload) for payload in kept]


def _as_taught(project: str, found: Any) -> Any:
    issue_now = func.coalesce(key_moved.c.issue, found.c.issue)
    of_key = (key_moved.c.project == project) & (key_moved.c.key == found.c.key)
    of_issue_now = (issue_merged.c.project == project) & (issue_merged.c.issue == issue_now)
    now = func.coalesce(issue_merged.c.survivor, issue_now).label("issue")
    query = select(found.c.key, found.c.kind, now, found.c.recorded_at, key_moved.c.key.is_not(None))
    return query.select_from(found).outerjoin(key_moved, of_key).outerjoin(issue_merged, of_issue_now)
