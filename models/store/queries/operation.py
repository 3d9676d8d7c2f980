"""How the installation itself does, over all projects: few cheap questions."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, select

from models.store.tables import action, action_attempt, dead_letter, decision, evaluation, position, publication
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


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An action that failed an attempt and that its receiver has not taken, nor the same of that deploy since."""

    project: str
    kind: str
    decision: str | None
    state: str
    """``pending`` or ``failed``."""
    attempts: int
    result: str
    """Of the last attempt."""


def undelivered(connection: Connection) -> list[Undelivered]:
    """Longest waiting first."""
    tried, last = action_attempt.c, func.max(action_attempt.c.attempt).label("last")
    number = func.count().label("number")
    failing = select(tried.project, tried.action, number, last).group_by(tried.project, tried.action).subquery()
    of_attempts = (failing.c.project == action.c.project) & (failing.c.action == action.c.action)
    newest = (
        (tried.project == failing.c.project) & (tried.action == failing.c.action) & (tried.attempt == failing.c.last)
    )
    told = (action.c.project, action.c.kind, action.c.decision, action.c.state, failing.c.number, tried.result)
    query = select(*told).join(failing, of_attempts).join(action_attempt, newest)
    query = query.where(action.c.state.in_(("pending", "failed")), ~_made_good()).order_by(action.c.created_at)
    return [Undelivered(*row) for row in connection.execute(query)]


def _made_good() -> ColumnElement[bool]:
    """Whether the same was delivered for the same deploy later; of the word of a failed rollback, the rollback."""
    later, before, after = action.alias(), decision.alias(), decision.alias()
    deploy = ("project", "environment", "deploy")
    same_deploy = and_(*(before.c[name] == after.c[name] for name in deploy))
    query = (
        select(later.c.action)
        .join(after, (after.c.project == later.c.project) & (after.c.decision == later.c.decision))
        .join(before, same_deploy)
    )
    ours = (before.c.project == action.c.project) & (before.c.decision == action.c.decision)
    same = (later.c.kind == action.c.kind) | ((action.c.kind == "action_failed") & (later.c.kind == "rollback"))
    since = (later.c.state == "delivered") & (later.c.created_at >= action.c.created_at)
    return query.where(ours, same, since).correlate(action).exists()


def unpublished(connection: Connection) -> int:
    """Verdicts and dead letters that are not in the log yet."""
    query = select(func.count()).select_from(publication).where(publication.c.published.is_(False))
    return connection.execute(query).scalar() or 0


def dead_letters(connection: Connection) -> dict[str, int]:
    """By reason, how many messages could not be used."""
    query = select(dead_letter.c.reason, func.count()).group_by(dead_letter.c.reason)
    return {row[0]: row[1] for row in connection.execute(query)}
