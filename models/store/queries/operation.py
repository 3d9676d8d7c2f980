"""How the installation itself does, over all projects: few cheap questions."""

from sqlalchemy import Connection, func, select

from models.store.tables import action, dead_letter, evaluation, position, publication
from models.wire.topics import short


def read_to(connection: Connection) -> dict[str, int]:
    """By topic (``sessions``), the time in ms up to which all of its partitions are read."""
    columns = position.c
    query = select(columns.topic, func.min(columns.read_to)).group_by(columns.topic)
    return {short(row[0]): row[1] for row in connection.execute(query)}


def watched(connection: Connection) -> tuple[int, int | None]:
    """How many deploys are under watch, and when (ms) the one that waits longest was last evaluated."""
    columns = evaluation.c
    query = select(func.count(), func.min(columns.evaluated_at)).where(columns.ended.is_(False))
    row = connection.execute(query).one()
    return row[0], row[1]


def actions(connection: Connection) -> dict[str, int]:
    """How many actions are in each state; a state that none is in is missing."""
    query = select(action.c.state, func.count()).group_by(action.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def unpublished(connection: Connection) -> int:
    """Verdicts and dead letters that are not in the log yet."""
    query = select(func.count()).select_from(publication).where(publication.c.published.is_(False))
    return connection.execute(query).scalar() or 0


def dead_letters(connection: Connection) -> dict[str, int]:
    """By reason, how many messages could not be used."""
    query = select(dead_letter.c.reason, func.count()).group_by(dead_letter.c.reason)
    return {row[0]: row[1] for row in connection.execute(query)}
