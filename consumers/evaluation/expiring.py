"""What nothing can change any more goes: states of sessions, and sketches of users by the hour.

A consumer takes no update of a session that started five days before (`analytics.correlation.sessions`), so that a
state can be dropped and no update counts it a second time. Failed sessions stay: their issue is asked for as long as
the release is. So do those that feedback names.
"""

from sqlalchemy import Connection, Engine, Select, Table, delete, select, text, tuple_

from analytics.correlation.adoption import WINDOW_MINUTES
from analytics.correlation.sessions import KEPT_MS
from models.store.sql import SqlUnitOfWork
from models.store.tables import feedback, session, user_sketch

EVERY = 10_000
"""ms between two looks."""
AT_ONCE = 5_000
"""Rows of a look: 500 a second keep up with 216 million sessions in five days, and the watch waits for no more."""
HOUR = 3_600_000
KEPT_HOURS = WINDOW_MINUTES // 60 + 1
HEALTHY = text("status < 3")
"""As the index says it: with bound values no planner knows that it fits."""


class Expiry:
    """Drops what is over; one instance for each evaluator. Two of them drop the same rows once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._due_at = 0

    def tick(self, now: int, closed_to: int) -> int:
        """Drop a bounded number of rows; how many. ``closed_to``: every partition is read up to there (ms)."""
        if now < self._due_at:
            return 0
        self._due_at = now + EVERY
        with SqlUnitOfWork(self._engine) as unit:
            dropped = _drop(unit.connection, session, _sessions(closed_to - KEPT_MS))
            return dropped + _drop(unit.connection, user_sketch, _hours(closed_to // HOUR - KEPT_HOURS))


def _sessions(before: int) -> Select[tuple[str, ...]]:
    columns = session.c
    named = select(feedback.c.feedback).where(
        feedback.c.project == columns.project, feedback.c.session_id == columns.sid
    )
    query = select(columns.project, columns.sid).where(columns.started < before, HEALTHY, ~named.exists())
    return query.order_by(columns.started).limit(AT_ONCE)


def _hours(before: int) -> Select[tuple[str, ...]]:
    columns = user_sketch.c
    return select(*user_sketch.primary_key).where(columns.hour > 0, columns.hour < before).limit(AT_ONCE)


def _drop(connection: Connection, table: Table, found: Select[tuple[str, ...]]) -> int:
    keys = sorted(tuple(row) for row in connection.execute(found))
    step = AT_ONCE // 4  # bound values of a statement: SQLite takes 32,766, and a key has up to 7
    for first in range(0, len(keys), step):
        some = keys[first : first + step]
        connection.execute(delete(table).where(tuple_(*table.primary_key).in_(some)))
    return len(keys)
