"""What users wrote, joined to its event and session when it is read (docs/adr/0005), and the themes in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, distinct, func, or_, select

from models.store.tables import event, feedback, position, session, theme
from models.wire.topics import ERRORS, FEEDBACK, SESSIONS

PAGE = 50

Place = tuple[int, str]
"""Where a page ended: the time (ms) and the id of its last piece."""


@dataclass(frozen=True, slots=True)
class Feedback:
    feedback: str
    message: str
    release: str | None
    """As it says itself, else its event's, else its session's."""
    environment: str
    event_id: str | None
    issue: str | None
    """The issue of its event, as soon as that is stored."""
    rating: int | None
    source: str | None
    url: str | None
    language: str | None
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
    only: Sequence[str] | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> list[Feedback]:
    """Newest first. ``only``: of these ids, as a theme names its members."""
    joined = _joined(project, environment, release, issue)
    query = select(joined.subquery())
    columns = query.selected_columns
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


def written(connection: Connection, since: int, span: int) -> dict[tuple[str, str, str, int], int]:
    """How much was booked from ``since`` (ms) on, by project, environment, release and span of so many ms."""
    spans = (feedback.c.booked_at // span).label("span")
    rows = _resolved().add_columns(feedback.c.project, spans).where(feedback.c.booked_at >= since).subquery().c
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
    query = _resolved().where(feedback.c.project == project, feedback.c.environment == environment)
    if release is not None:
        query = query.where(query.selected_columns.release == release)
    return query if issue is None else query.where(event.c.issue == issue)


def _resolved() -> Select[*tuple[Any, ...]]:
    """All feedback, each with its release and issue."""
    told, happened, used = feedback.c, event.c, session.c
    of_event = and_(happened.project == told.project, happened.event_id == told.event_id)
    of_session = and_(used.project == told.project, used.sid == told.session_id)
    whose = func.coalesce(told.release, happened.release, used.release).label("release")
    names = ("feedback", "message", "environment", "event_id", "rating", "source", "url", "language", "occurred_at")
    joined = feedback.outerjoin(event, of_event).outerjoin(session, of_session)
    return select(*(told[name] for name in names), whose, happened.issue).select_from(joined)


def _feedback(row) -> Feedback:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a row by its columns' names
    values = dict(row)
    key = values.pop("event_id")
    return Feedback(**values, event_id=key.hex() if key else None)
