"""What users wrote, joined to its error and session when it is read (`feedback_joins`), and the themes in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, distinct, func, or_, select

from models.store.queries.feedback_joins import JoinedBy, about, in_environment, resolved, whose
from models.store.tables import feedback, position, theme
from models.wire.topics import ERRORS, FEEDBACK, SESSIONS

PAGE = 50
COLUMNS = (
    "feedback",
    "message",
    "event_id",
    "rating",
    "source",
    "url",
    "language",
    "characters",
    "occurred_at",
)

Place = tuple[int, str]
"""Where a page ended: the time (ms) and the id of its last piece."""


@dataclass(frozen=True, slots=True)
class Feedback:
    feedback: str
    message: str
    release: str | None
    """As it says itself, else as what it is joined by says."""
    environment: str
    event_id: str | None
    """The event that it names, stored or not."""
    issue: str | None
    joined_by: JoinedBy
    """How its issue was found; an issue that a session or a user leads to is the likely one."""
    rating: int | None
    source: str | None
    url: str | None
    language: str | None
    characters: int | None
    """How many were written, where the message is cut."""
    occurred_at: int
    """ms"""

    @property
    def place(self) -> Place:
        return self.occurred_at, self.feedback


@dataclass(frozen=True, slots=True)
class Theme:
    theme: str
    name: str
    """A member's own words."""
    release: str
    members: tuple[str, ...]
    """Ids of feedback."""
    updated_at: int

    @property
    def count(self) -> int:
        return len(self.members)


def listed(  # noqa: PLR0913 - what a list of feedback may be narrowed to
    connection: Connection,
    project: str,
    environment: str,
    release: str | None = None,
    *,
    issue: str | None = None,
    joined_by: JoinedBy | None = None,
    only: Sequence[str] | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> list[Feedback]:
    """Newest first. ``only``: of these ids, as a theme names its members."""
    joined = _joined(project, environment, release, issue)
    query = select(joined.subquery())
    columns = query.selected_columns
    if joined_by is not None:
        query = query.where(columns.joined_by == joined_by)
    if only is not None:
        query = query.where(columns.feedback.in_(only))
    if before is not None:
        at, last = before
        same = and_(columns.occurred_at == at, columns.feedback < last)
        query = query.where(or_(columns.occurred_at < at, same))
    rows = connection.execute(query.order_by(columns.occurred_at.desc(), columns.feedback.desc()).limit(limit))
    return [_feedback(row) for row in rows.mappings()]


def count(
    connection: Connection, project: str, environment: str, release: str | None = None, issue: str | None = None
) -> int:
    """How many `listed` lists over all its pages."""
    query = select(func.count()).select_from(_joined(project, environment, release, issue).subquery())
    return connection.execute(query).scalar() or 0


def counts(connection: Connection, project: str, environment: str) -> dict[str, int]:
    """By release, how many pieces of feedback it has."""
    joined = _joined(project, environment, None, None).subquery()
    query = select(joined.c.release, func.count()).where(joined.c.release.is_not(None)).group_by(joined.c.release)
    return {row[0]: row[1] for row in connection.execute(query)}


def ways(
    connection: Connection, project: str, environment: str, release: str | None = None, issue: str | None = None
) -> dict[JoinedBy, int]:
    """How many of those that `listed` lists are joined in each way; they add up to `count`."""
    way = _joined(project, environment, release, issue).subquery().c.joined_by
    found = {row[0]: row[1] for row in connection.execute(select(way, func.count()).group_by(way))}
    return {each: found.get(each.value, 0) for each in JoinedBy}


def of_issues(
    connection: Connection, project: str, environment: str, release: str | None, issues: Collection[str]
) -> dict[str, int]:
    """By issue, how many `listed` lists of it."""
    issue = _joined(project, environment, release, None).where(about.in_(issues)).subquery().c.issue
    return {row[0]: row[1] for row in connection.execute(select(issue, func.count()).group_by(issue))}


def written(connection: Connection, since: int, span: int) -> dict[tuple[str, str, str, int], int]:
    """How much was booked from ``since`` (ms) on, by project, environment, release and span of so many ms."""
    spans = (feedback.c.booked_at // span).label("span")
    rows = resolved("project").add_columns(spans).where(feedback.c.booked_at >= since).subquery().c
    place = (rows.project, rows.environment, rows.release, rows.span)
    query = select(*place, func.count()).where(rows.release.is_not(None)).group_by(*place)
    return {(row[0], row[1], row[2], int(row[3])): row[4] for row in connection.execute(query)}


def read_to(connection: Connection) -> int:
    """Until when (ms) all that says something of feedback and of its release is read; 0 if nothing was."""
    topics = (FEEDBACK, ERRORS, SESSIONS)
    query = select(func.min(position.c.read_to)).where(position.c.topic.in_(topics))
    return connection.execute(query).scalar() or 0


def gathered(connection: Connection) -> dict[tuple[str, str, str], int]:
    """When (ms) the themes of each project, environment and release were gathered last, of those that have any."""
    columns = theme.c
    place = (columns.project, columns.environment, columns.release)
    query = select(*place, func.max(columns.updated_at)).group_by(*place)
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}


def writers(connection: Connection, project: str, environment: str, release: str) -> int:
    """How many people wrote about a release; each piece without an identity counts as one."""
    who = func.coalesce(feedback.c.identity, feedback.c.feedback).label("who")
    joined = _joined(project, environment, release, None).add_columns(who).subquery()
    return connection.execute(select(func.count(distinct(joined.c.who)))).scalar() or 0


def themes(connection: Connection, project: str, environment: str, release: str | None = None) -> list[Theme]:
    """The largest first."""
    columns = theme.c
    query = select(theme).where(columns.project == project, columns.environment == environment)
    if release is not None:
        query = query.where(columns.release == release)
    found = [
        Theme(row.theme, row.name, row.release, tuple(msgspec.json.decode(row.members)), row.updated_at)
        for row in connection.execute(query)
    ]
    return sorted(found, key=lambda one: (-one.count, one.theme, one.release))


def _joined(project: str, environment: str, release: str | None, issue: str | None) -> Select[*tuple[Any, ...]]:
    query = resolved(*COLUMNS).where(feedback.c.project == project, in_environment(environment))
    if release is not None:
        query = query.where(whose == release)
    return query if issue is None else query.where(about == issue)


def _feedback(row) -> Feedback:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a row by its columns' names
    values = dict(row)
    key, way = values.pop("event_id"), JoinedBy(values.pop("joined_by"))
    return Feedback(**values, event_id=key.hex() if key else None, joined_by=way)
