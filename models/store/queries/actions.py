"""What was done because of decisions, with every attempt."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.store.tables import action, action_attempt


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call. ``status`` is that of HTTP, None if there was no answer. Time in ms."""

    attempt: int
    attempted_at: int
    status: int | None
    result: str


@dataclass(frozen=True, slots=True)
class Action:
    action: str
    kind: str
    decision: str | None
    target: str
    state: str
    """``pending``, ``delivered``, ``failed``, ``moot`` (nothing was left to undo) or ``replayed`` (of the past)."""
    created_at: int
    attempts: tuple[Attempt, ...]


def of_decisions(connection: Connection, project: str, decisions: Collection[str]) -> list[Action]:
    """What these decisions called for, in the order in which it was written."""
    columns = action.c
    told = (columns.action, columns.kind, columns.decision, columns.target, columns.state, columns.created_at)
    query = select(*told).where(columns.project == project, columns.decision.in_(decisions))
    rows = connection.execute(query.order_by(columns.created_at, columns.action)).all()
    tried = _attempts(connection, project, [row.action for row in rows])
    return [Action(*row, attempts=tuple(tried[row.action])) for row in rows]


def _attempts(connection: Connection, project: str, names: Collection[str]) -> dict[str, list[Attempt]]:
    columns = action_attempt.c
    told = (columns.action, columns.attempt, columns.attempted_at, columns.status, columns.result)
    query = select(*told).where(columns.project == project, columns.action.in_(names))
    found: dict[str, list[Attempt]] = defaultdict(list)
    for name, *values in connection.execute(query.order_by(columns.action, columns.attempt)):
        found[name].append(Attempt(*values))
    return found
