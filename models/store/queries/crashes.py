"""The failed sessions of a release, and the unhandled events that may explain them."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, func, select, text

from models.store.tables import event, issue_merged, session, session_minute

FAILED = text("status >= 3")
"""As the index says it: with bound values no planner knows that it fits. Ranks: `analytics.correlation.sessions`."""
UNHANDLED = text("NOT handled")


def total(connection: Connection, project: str, environment: str, release: str) -> int:
    """Sessions that were unhandled, abnormal or crashed."""
    columns = session_minute.c
    where = (columns.project == project, columns.environment == environment, columns.release == release)
    sums = func.sum(columns.unhandled + columns.abnormal + columns.crashed)
    return int(connection.execute(select(sums).where(*where)).scalar() or 0)


def sessions(connection: Connection, project: str, environment: str, release: str) -> Sequence[Row[str, str, int, int]]:
    """Those of known users: id, identity, started and the time of the failure, in ms."""
    columns = session.c
    where = (columns.project == project, columns.environment == environment, columns.release == release)
    failed_at = func.coalesce(columns.ranked_at, columns.last_seen)
    query = select(columns.sid, columns.identity, columns.started, failed_at)
    return connection.execute(query.where(*where, FAILED, columns.identity.is_not(None))).all()


def events(
    connection: Connection, project: str, environment: str, release: str
) -> Sequence[Row[bytes, str, str | None, int]]:
    """Unhandled ones: id, issue (the survivor, where it was merged), identity and when they happened, in ms."""
    columns, merged = event.c, issue_merged.c
    same = (merged.project == columns.project) & (merged.issue == columns.issue)
    read_as = func.coalesce(merged.survivor, columns.issue).label("issue")
    where = (columns.project == project, columns.environment == environment, columns.release == release)
    query = select(columns.event_id, read_as, columns.identity, columns.occurred_at)
    return connection.execute(query.select_from(event.outerjoin(issue_merged, same)).where(*where, UNHANDLED)).all()
