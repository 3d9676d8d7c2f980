"""What joins feedback to an error, a session and a release, found when it is read (docs/adr/0005).

By the event that it names, else by the session that it names, else by its user's last error before it. It is a
function of the stored rows alone, so that it does not matter which of them came first.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from models.store.tables import event, feedback, issue_merged, session

WINDOW_MS = 30 * 60_000
"""So long before somebody wrote an error of theirs may have happened to be taken for what they wrote about: as long
as Sentry lets a user report follow its event."""
DEFAULT_ENVIRONMENT = "production"


class JoinedBy(StrEnum):
    """The strongest way that holds."""

    EVENT = "event"
    SESSION = "session"
    USER = "user"
    """The same user's last error in the half hour before."""
    NOTHING = "nothing"


happened, used, met = event.alias("happened"), session.alias("used"), event.alias("met")
whose = func.coalesce(feedback.c.release, happened.c.release, used.c.release, met.c.release)
counted_for = func.coalesce(happened.c.issue, met.c.issue)
about = func.coalesce(issue_merged.c.survivor, counted_for)


def resolved(*names: str) -> Select[*tuple[Any, ...]]:
    """All feedback: these of its columns, its ``release``, ``environment`` and ``issue``, and how it is ``joined_by``.

    What it says itself goes before what its event says, that before its session, and that before its user's last error.
    """
    told = feedback.c
    joined = (
        feedback.outerjoin(happened, and_(happened.c.project == told.project, happened.c.event_id == told.event_id))
        .outerjoin(used, and_(used.c.project == told.project, used.c.sid == told.session_id))
        .outerjoin(met, and_(met.c.project == told.project, met.c.event_id == _last_error()))
        .outerjoin(issue_merged, and_(issue_merged.c.project == told.project, issue_merged.c.issue == counted_for))
    )
    columns = (told[name] for name in names)
    found = (whose.label("release"), _environment().label("environment"), about.label("issue"), _way())
    return select(*columns, *found).select_from(joined)


def in_environment(environment: str) -> ColumnElement[bool]:
    """Whether feedback is of an environment: what names none may be of any."""
    return and_(feedback.c.environment.in_((environment, "")), _environment() == environment)


def _environment() -> ColumnElement[str]:
    told = func.nullif(feedback.c.environment, "")
    return func.coalesce(told, happened.c.environment, used.c.environment, met.c.environment, DEFAULT_ENVIRONMENT)


def _way() -> ColumnElement[str]:
    return case(
        (happened.c.event_id.is_not(None), literal(JoinedBy.EVENT.value)),
        (used.c.sid.is_not(None), literal(JoinedBy.SESSION.value)),
        (met.c.event_id.is_not(None), literal(JoinedBy.USER.value)),
        else_=literal(JoinedBy.NOTHING.value),
    ).label("joined_by")


def _last_error() -> ColumnElement[Any]:
    """The id of the last error of who wrote: in the session that is named, else in the half hour before.

    Two at the same time are told apart by their ids.
    """
    told, mine = feedback.c, event.c
    since = case((used.c.sid.is_not(None), used.c.started), else_=told.occurred_at - WINDOW_MS)
    who = case((used.c.sid.is_not(None), used.c.identity), else_=told.identity)
    return (
        select(mine.event_id)
        .where(
            happened.c.event_id.is_(None),
            mine.project == told.project,
            mine.identity == who,
            mine.occurred_at.between(since, told.occurred_at),
            or_(told.release.is_(None), mine.release == told.release),
            or_(told.environment == "", mine.environment == told.environment),
        )
        .order_by(mine.occurred_at.desc(), mine.event_id.desc())
        .limit(1)
        .correlate(feedback, happened, used)
        .scalar_subquery()
    )
