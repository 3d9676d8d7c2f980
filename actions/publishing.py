"""Appends the outbox's messages to the log: at least once, in the order in which they were written."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, func, select

from models.ports import Clock, LogUnavailable, LogWriter, NewRecord
from models.store.sql import SqlUnitOfWork, mark_published
from models.store.tables import publication
from models.wire import topics
from models.wire.cloudevents import headers
from models.wire.times import to_text

log = structlog.get_logger()

BATCH = 500
"""Verdicts of some 2 KB, and dead letters of up to 6 KB: about 3 MB at most."""
PAUSES = (1_000, 2_000, 5_000, 10_000)
"""ms between tries while the log is down."""
SOURCE = "seatrial/outbox"
TYPES = {topics.VERDICTS: "seatrial.verdict.v1", topics.DEAD_LETTERS: "seatrial.dead-letter.v1"}
LOCK = 0x5EA7_0B0C
"""The number of PostgreSQL's advisory lock that says who publishes; any number that nobody else uses."""


class Publisher:
    """Used by one thread at a time, as its writer is."""

    def __init__(self, engine: Engine, writer: LogWriter, clock: Clock) -> None:
        self._engine = engine
        self._writer = writer
        self._clock = clock
        self._failures = 0
        self._not_before = 0

    def publish(self) -> int:
        """Append what waits, and return how many it was. While the log is down, say so and try again later."""
        if self._clock.now() < self._not_before:
            return 0
        published = 0
        try:
            while batch := self._publish_batch():
                published += batch
            self._failures = 0
        except LogUnavailable as error:
            wait = PAUSES[min(self._failures, len(PAUSES) - 1)]
            self._failures += 1
            self._not_before = self._clock.now() + wait
            log.warning("publications.delayed", reason=str(error), pause_seconds=wait / 1_000)
        return published

    def _publish_batch(self) -> int:
        with self._engine.connect() as connection:
            rows = _waiting(connection) if _alone(connection) else []
            for row in rows:
                self._writer.append(_record(row))
            if not rows:
                return 0
            self._writer.flush()
            with SqlUnitOfWork(self._engine) as unit:
                mark_published(unit.connection, [(row.project, row.publication) for row in rows])
        return len(rows)


def _alone(connection: Connection) -> bool:
    """Whether no other outbox publishes: two could append a release's verdicts in the wrong order, and the last stays.

    Holds until the connection's transaction ends. An SQLite store has one outbox.
    """
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(LOCK))).scalar())


def _waiting(connection: Connection) -> Sequence[Row[Any]]:
    # By length first: d-9 was taken before d-10.
    order = (publication.c.created_at, func.length(publication.c.publication), publication.c.publication)
    return connection.execute(select(publication).where(~publication.c.published).order_by(*order).limit(BATCH)).all()


def _record(row: Row[Any]) -> NewRecord:
    told = headers(
        id=f"{row.project}/{row.publication}",
        type=TYPES.get(row.topic, row.topic),
        at=to_text(row.created_at),
        source=SOURCE,
    )
    return NewRecord(row.topic, None if row.key is None else row.key.encode(), bytes(row.value), told)
