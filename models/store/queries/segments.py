"""The sessions of a release by segment: by operating system, class of device, country, or a listed attribute."""

from sqlalchemy import Connection, func, select

from models.store.queries.releases import COUNTS, Sessions
from models.store.queries.users import Segment
from models.store.tables import segment_minute


def sessions(connection: Connection, project: str, environment: str, release: str) -> dict[Segment, Sessions]:
    """By segment; those that the project's settings do not ask for any more are there with what was counted."""
    columns = segment_minute.c
    sums = [func.sum(columns[name]).label(name) for name in COUNTS]
    where = (columns.project == project, columns.environment == environment, columns.release == release)
    query = select(columns.segment, columns.value, *sums).where(*where).group_by(columns.segment, columns.value)
    rows = connection.execute(query).mappings()
    return {(row["segment"], row["value"]): Sessions(**{name: int(row[name]) for name in COUNTS}) for row in rows}
