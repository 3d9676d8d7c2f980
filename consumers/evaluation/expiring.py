"""What nothing can change any more goes: states of sessions, and sketches of users by the hour.

A consumer takes no update of a session that started five days before (`analytics.correlation.sessions`), so that a
state can be dropped and no update counts it a second time. Failed sessions stay: their issue is asked for as long as
the release is. So do those that feedback names.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, delete, select, text, tuple_

from analytics.correlation.adoption import WINDOW_MINUTES
from analytics.correlation.sessions import KEPT_MS
from models.store.sql import KEYS_A_STATEMENT, SqlUnitOfWork
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

    def __init__(self, engine: Engine, at_once: int = AT_ONCE) -> None:
        self._engine = engine
        self._at_once = at_once
        self._due_at = 0

    def tick(self, now: int, closed_to: int) -> int:
        """Drop a bounded number of rows; how many. ``closed_to``: every partition is read up to there (ms)."""
        if now < self._due_at:
            return 0
        self._due_at = now + EVERY
        return self._drop(session, _sessions(closed_to - KEPT_MS)) + self._drop(
            user_sketch, _hours(closed_to // HOUR - KEPT_HOURS)
        )

    def _drop(self, table: Table, over: Select[*tuple[Any, ...]]) -> int:
        with self._engine.connect() as connection:
            keys = sorted(tuple(row) for row in connection.execute(over.limit(self._at_once)))
        if keys:
            with SqlUnitOfWork(self._engine) as unit:
                _delete(unit.connection, table, keys)
        return len(keys)


def _sessions(before: int) -> Select[*tuple[Any, ...]]:
    columns = session.c
    named = select(feedback.c.feedback).where(
        feedback.c.project == columns.project, feedback.c.session_id == columns.sid
    )
    query = select(columns.project, columns.sid).where(columns.started < before, HEALTHY, ~named.exists())
    return query.order_by(columns.started)


def _hours(before: int) -> Select[*tuple[Any, ...]]:
    columns = user_sketch.c
    return select(*user_sketch.primary_key).where(columns.hour > 0, columns.hour < before)


def _delete(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    for first in range(0, len(keys), KEYS_A_STATEMENT):
        some = keys[first : first + KEYS_A_STATEMENT]
        connection.execute(delete(table).where(tuple_(*table.primary_key).in_(some)))
