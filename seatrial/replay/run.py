"""A replay into a store of its own, or into an empty one that is to be filled."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from consumers.evaluator import Evaluator
from models.clock import SimulatedClock, SystemClock
from models.ports import Log, Partition
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.queries.tokens import create_project
from models.store.sql import SqlStore
from models.wire import topics
from seatrial.failures import Failure
from seatrial.replay.course import Progress, Replay

PARTITIONS = 4
"""Of a replay's own log. Another number gives the same totals and verdicts: counters are summed over partitions."""


class NotEmpty(Failure):
    """The store has data already. An import fills an empty one: name another by `--store`, or leave `--import` out."""


@dataclass(frozen=True, slots=True)
class Result:
    progress: Progress
    decisions: tuple[dict[str, Any], ...]
    """`gate.v1` documents with their time, in the order in which they were taken, project by project."""


@contextmanager
def own_store() -> Iterator[Engine]:
    """A store in a temporary folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="seatrial-replay-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'store.db'}")
        try:
            migrate(engine)
            yield engine
        finally:
            engine.dispose()


def replay(lines: Iterable[bytes], engine: Engine, public_url: str, on_progress: Callable[[Progress], None]) -> Result:
    """Replay into ``engine``, whose projects are made as the file names them."""
    partitions = {topic: settings.partitions for topic, settings in topics.all_topics(PARTITIONS).items()}
    run = _course(engine, partitions, public_url, lambda name: _ensure(engine, name), on_progress)
    return Result(run.run(lines), decisions(engine))


def fill(
    lines: Iterable[bytes], engine: Engine, log: Log, public_url: str, on_progress: Callable[[Progress], None]
) -> Result:
    """Replay into an empty store that is in use afterwards. Nothing is sent: actions and notifications stay off."""
    _check_empty(engine)
    admin = log.admin()
    partitions = {topic: admin.partitions(topic) for topic in topics.all_topics(1)}
    run = _course(engine, partitions, public_url, lambda name: _create(engine, name), on_progress)
    progress = run.run(lines, SystemClock().now)
    with _writing(engine) as connection:
        _forget_offsets(connection, _first_offsets(log))
        _withhold(connection)
    return Result(progress, decisions(engine))


def decisions(engine: Engine) -> tuple[dict[str, Any], ...]:
    decision = tables.decision
    query = select(decision.c.project, decision.c.decision, decision.c.document, decision.c.decided_at)
    with engine.connect() as connection:
        rows = list(connection.execute(query))
    rows.sort(key=lambda row: (row.project, row.decided_at, int(row.decision.partition("-")[2] or 0)))
    return tuple(json.loads(row.document) for row in rows)


def _course(
    engine: Engine,
    partitions: dict[str, int],
    public_url: str,
    on_project: Callable[[str], None],
    on_progress: Callable[[Progress], None],
) -> Replay:
    def evaluator(clock: SimulatedClock) -> Evaluator:
        return Evaluator(engine, clock, public_url=public_url, provisional=False)

    return Replay(SqlStore(engine), partitions, evaluator, on_project, on_progress)


def _ensure(engine: Engine, name: str) -> None:
    """A project with keys that follow from its name: nobody sends to a replay's own store."""
    with _writing(engine) as connection:
        table = tables.project
        if connection.execute(select(table.c.number).where(table.c.project == name)).first() is None:
            number = (connection.execute(select(func.max(table.c.number))).scalar() or 0) + 1
            key = hashlib.sha256(name.encode("utf-8", "replace")).digest()
            row = {"project": name, "number": number, "identity_key": key, "created_at": 0}
            connection.execute(insert(table).values(row))


def _create(engine: Engine, name: str) -> None:
    with _writing(engine) as connection:
        table = tables.project
        if connection.execute(select(table.c.number).where(table.c.project == name)).first() is None:
            create_project(connection, name, None, None, SystemClock().now())


def _check_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        for table in (tables.position, tables.ledger, tables.decision):
            if connection.execute(select(table).limit(1)).first() is not None:
                raise NotEmpty(str(NotEmpty.__doc__))


def _first_offsets(log: Log) -> dict[Partition, int]:
    """Where each partition of the real log begins: the consumers go on there."""
    reader = log.reader(topics.CONSUMED, "seatrial-import", "import", lambda owned: dict.fromkeys(owned, 0))
    try:
        reader.poll(0.5)
        return {partition: first for partition, (first, _) in reader.end_positions().items()}
    finally:
        reader.close()


def _forget_offsets(connection: Connection, first: dict[Partition, int]) -> None:
    position = tables.position
    connection.execute(update(position).values(next_offset=0))
    for partition, offset in first.items():
        where = (position.c.topic == partition.topic) & (position.c.partition == partition.number)
        connection.execute(update(position).where(where).values(next_offset=offset))


def _withhold(connection: Connection) -> None:
    """Dead letters of the past are told nobody; the evaluator has withheld what it decided."""
    connection.execute(update(tables.publication).values(published=True))


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        yield connection
