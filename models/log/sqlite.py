"""The log on one SQLite file: the embedded default.

It speaks `sqlite3` directly, not SQLAlchemy: an append is the hot path of intake, and two statements are all it needs.
A flush is one transaction with ``synchronous=FULL``: what was flushed survives a power cut. Readers in several
processes share the partitions through a table of members that heartbeat; a reader that lost a partition while it
worked is fenced by the store.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from models.log.partitioner import Partitioner
from models.log.sqlite_file import clear_errors, connect, opened, transaction
from models.log.sqlite_reader import Member, SqliteReader
from models.log.sqlite_retention import trim
from models.ports import Clock, MissingTopics, NewRecord, Partition, Positions, TopicSettings

MEMBER_TIMEOUT_SECONDS = 10.0
"""A member that did not poll for so long loses its partitions: ten heartbeats, and longer than any batch takes."""


class SqliteLog:
    """The `Log` port over the file at ``path``."""

    def __init__(self, path: Path, clock: Clock, member_timeout: float = MEMBER_TIMEOUT_SECONDS) -> None:
        self._path = path
        self._clock = clock
        self._member_timeout = member_timeout

    def writer(self) -> "SqliteWriter":
        return SqliteWriter(connect(self._path), self._clock)

    def reader(self, topics: Sequence[str], group: str, member: str, positions: Positions) -> SqliteReader:
        admin = self.admin()
        admin.check(topics)
        partitions = [Partition(topic, n) for topic in sorted(topics) for n in range(admin.partitions(topic))]
        return SqliteReader(connect(self._path), partitions, Member(group, member, self._member_timeout), positions)

    def admin(self) -> "SqliteAdmin":
        return SqliteAdmin(self._path)


class SqliteAdmin:
    """Topics of the file. Holds no connection: nothing to close."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ensure(self, topics: Mapping[str, TopicSettings]) -> None:
        rows = [(name, settings.partitions, settings.compacted) for name, settings in topics.items()]
        with opened(self._path) as connection, transaction(connection):
            connection.executemany("INSERT OR IGNORE INTO topic VALUES (?, ?, ?)", rows)

    def check(self, topics: Collection[str]) -> None:
        _check(topics, self._counts())

    def partitions(self, topic: str) -> int:
        counts = self._counts()
        _check([topic], counts)
        return counts[topic]

    def trim(self, before: int) -> int:
        """Delete old records: see `models.log.sqlite_retention.trim`."""
        with opened(self._path) as connection:
            return trim(connection, before)

    def _counts(self) -> dict[str, int]:
        with opened(self._path) as connection, clear_errors():
            return dict(connection.execute("SELECT name, partitions FROM topic"))


class SqliteWriter:
    """Appends by group commit: `flush` writes all that is queued in one transaction."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._queue: list[NewRecord] = []
        self._partitioner = Partitioner(self._count)

    def append(self, record: NewRecord) -> None:
        self._queue.append(record)

    def flush(self) -> None:
        queue, self._queue = self._queue, []
        if not queue:
            return
        placed = [(self._partitioner.place(record.topic, record.key), record) for record in queue]
        with transaction(self._connection):
            self._write(placed)

    def close(self) -> None:
        self._connection.close()

    def _write(self, placed: Sequence[tuple[Partition, NewRecord]]) -> None:
        tails = self._tails({partition for partition, _ in placed})
        rows = []
        for partition, record in placed:
            offset, appended_at = tails[partition]
            headers = msgspec.msgpack.encode(record.headers) if record.headers else None
            rows.append((partition.topic, partition.number, offset, record.key, record.value, headers, appended_at))
            tails[partition] = (offset + 1, appended_at)
        self._connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        moved = [(partition.topic, partition.number, *tail) for partition, tail in tails.items()]
        self._connection.executemany("INSERT OR REPLACE INTO tail VALUES (?, ?, ?, ?)", moved)

    def _tails(self, partitions: Iterable[Partition]) -> dict[Partition, tuple[int, int]]:
        """The next offset of each partition, and the append time for this flush: never less than the last one."""
        now = self._clock.now()
        tails = {}
        for partition in partitions:
            query = "SELECT next_offset, appended_at FROM tail WHERE topic = ? AND partition = ?"
            row = self._connection.execute(query, (partition.topic, partition.number)).fetchone()
            tails[partition] = (row[0], max(row[1], now)) if row else (0, now)
        return tails

    def _count(self, topic: str) -> int:
        with clear_errors():
            counts = dict(self._connection.execute("SELECT name, partitions FROM topic"))
        _check([topic], counts)
        return int(counts[topic])


def _check(topics: Collection[str], there: Collection[str]) -> None:
    if missing := sorted(set(topics) - set(there)):
        message = f"the log has no topic {', '.join(missing)}: run `seatrial migrate` to create it"
        raise MissingTopics(message)
