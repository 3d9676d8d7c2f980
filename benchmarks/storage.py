"""Measures what events take in the store: bytes an event at 20,000 and at 200,000 events of 200 issues.

Run: ``python -m benchmarks.storage``. Takes some minutes. The events are those of `benchmarks.digest`, spread evenly
over a day, by four partitions and three releases; they go through the consumers' own decoding and fold, without a log.
What an empty database takes is not counted. The aim is 1,024 bytes.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from sqlalchemy import Engine, func, select

from benchmarks import digest
from consumers import batch
from consumers.decoding import decode
from consumers.folding import Known
from models.domain.project import Project
from models.ports import Move, Partition, Record
from models.store import tables
from models.store.engine import open_engine
from models.store.sql import SqlStore
from models.wire import topics
from tests.real.postgres import RealPostgres
from tests.real.process import Missing

SIZES = (20_000, 200_000)
BATCH = 2_000
PARTITIONS = 4
CAUSES = 200
AIM_BYTES = 1_024
DAY_MS = 86_400_000
MIDNIGHT = 1_788_000_000_000 // DAY_MS * DAY_MS
FROM_INTAKE = (("ce_source", b"seatrial/intake"),)
SHOP = Project(b"key")


@dataclass(frozen=True, slots=True)
class Figure:
    stored_bytes: float
    """An event's, without what an empty database takes."""
    samples: int
    per_cpu_second: float


def measure(engine: Engine, events: int) -> Figure:
    """Digest so many events into an empty database."""
    with digest.prepared(engine):
        empty = digest.bytes_of(engine)
        spent = fill(engine, events)
        with engine.connect() as connection:
            stored = connection.execute(select(func.count()).select_from(tables.event)).scalar()
            samples = connection.execute(select(func.count()).select_from(tables.event_sample)).scalar() or 0
        if stored != events:
            message = f"{stored} events are stored, of {events}"
            raise RuntimeError(message)
        return Figure((digest.bytes_of(engine) - empty) / events, samples, events / spent)


def fill(engine: Engine, events: int) -> float:
    """Fold the events in batches, each of one partition in turn; the CPU-seconds of decoding and folding."""
    store, known, told = SqlStore(engine), Known(), _records(events)
    offsets, spent = [0] * PARTITIONS, 0.0
    for turn in count():
        records = list(islice(told, BATCH))
        if not records:
            return spent
        number = turn % PARTITIONS
        partition, first = Partition(topics.ERRORS, number), offsets[number]
        began = time.process_time()
        decoded = [decode(_at(record, partition, first + place), at) for place, (record, at) in enumerate(records)]
        offsets[number] = first + len(records)
        moves = [Move(partition, first, offsets[number], records[-1][1], records[-1][1])]
        batch.write(store, {"shop": SHOP}, known, decoded, moves)
        spent += time.process_time() - began
    raise AssertionError


def _records(events: int) -> Iterator[tuple[bytes, int]]:
    chance = random.Random(events)
    for number in range(events):
        yield digest.event(chance, number, CAUSES), MIDNIGHT + number * DAY_MS // events


def _at(value: bytes, partition: Partition, offset: int) -> Record:
    return Record(partition, offset, b"shop:%d" % offset, value, FROM_INTAKE, 0)


def main() -> None:
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        tiers: dict[str, Callable[[], Engine]] = {
            "SQLite": lambda: open_engine(f"sqlite:///{Path(folder) / f'{time.time_ns()}.db'}")
        }
        try:
            database = stack.enter_context(closing(RealPostgres()))
            tiers[database.version] = lambda: open_engine(database.create_database())
        except Missing as missing:
            print(missing)
        print(f"{'':20}{'events':>10}{'bytes an event':>16}{'samples':>10}{'events per CPU-second':>24}")
        for name, open_store in tiers.items():
            for events in SIZES:
                figure = measure(open_store(), events)
                over = "  above the aim" if figure.stored_bytes > AIM_BYTES else ""
                print(
                    f"{name:20}{events:>10,}{figure.stored_bytes:>16,.0f}{figure.samples:>10,}"
                    f"{figure.per_cpu_second:>24,.0f}{over}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
