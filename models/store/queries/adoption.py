"""What an environment saw since a minute, release by release, and which of these were ever adopted there."""

from sqlalchemy import Connection, func, select

from models.store.tables import adoption, session_minute


def started(connection: Connection, project: str, environment: str, since: int) -> dict[str, int]:
    """By release, the sessions that became known from minute ``since`` on; a release without any is left out."""
    columns = session_minute.c
    where = (columns.project == project, columns.environment == environment, columns.minute >= since)
    query = select(columns.release, func.sum(columns.started)).where(*where).group_by(columns.release)
    return {row[0]: int(row[1]) for row in connection.execute(query) if row[1] > 0}


def adopted(connection: Connection, project: str, environment: str) -> dict[str, int]:
    """By release, the minute since when it is known to have been adopted."""
    columns = adoption.c
    where = (columns.project == project, columns.environment == environment)
    rows = connection.execute(select(columns.release, columns.minute).where(*where))
    return {row.release: row.minute for row in rows}
