"""The log on one SQLite file: the embedded default.

It speaks `sqlite3` directly, not SQLAlchemy: an append is the hot path of intake, and two statements are all it needs.
A flush is one transaction with ``synchronous=FULL``: what was flushed survives a power cut. Readers in several processes share
the partitions through a table of members that heartbeat; a reader that lost a partition while it worked is fenced by the store.
"""

import contextlib
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from models.log.partitioner import partition_of
from models.ports import (
    Batch,
    Clock,
    Headers,
    LogUnavailable,
    MissingTopics,
    NewRecord,
    Partition,
    Positions,
    Record,
    TopicSettings,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS topic (name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, compacted INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tail (topic TEXT, partition INTEGER, next_offset INTEGER NOT NULL, appended_at INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (topic TEXT, partition INTEGER, offset INTEGER, key BLOB, value BLOB, headers BLOB,
  appended_at INTEGER NOT NULL, PRIMARY KEY (topic, partition, offset)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS member (consumer_group TEXT, member TEXT, seen_at REAL NOT NULL,
  PRIMARY KEY (consumer_group, member)) WITHOUT ROWID;
"""
BUSY_SECONDS = 10
MEMBER_TIMEOUT_SECONDS = 10.0
HEARTBEAT_SECONDS = 1.0
LOOK_SECONDS = 0.02
"""How often a waiting reader looks for appends: 50 reads of one counter a second cost under 1 % of a core."""
BATCH_RECORDS = 2_000
BATCH_BYTES = 8 * 1024 * 1024


class SqliteLog:
    """The `Log` port over the file at ``path``."""

    def __init__(self, path: Path, clock: Clock, member_timeout: float = MEMBER_TIMEOUT_SECONDS) -> None:
        self._path = path
        self._clock = clock
        self._member_timeout = member_timeout

    def writer(self) -> "SqliteWriter":
        return SqliteWriter(_connect(self._path), self._clock)

    def reader(self, topics: Sequence[str], group: str, member: str, positions: Positions) -> "SqliteReader":
        self.admin().check(topics)
        return SqliteReader(_connect(self._path), topics, _Member(group, member, self._member_timeout), positions)

    def admin(self) -> "SqliteAdmin":
        return SqliteAdmin(_connect(self._path))


class SqliteAdmin:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ensure(self, topics: Mapping[str, TopicSettings]) -> None:
        with _transaction(self._connection):
            for name, settings in topics.items():
                row = (name, settings.partitions, settings.compacted)
                self._connection.execute("INSERT OR IGNORE INTO topic VALUES (?, ?, ?)", row)

    def check(self, topics: Collection[str]) -> None:
        there = {name for (name,) in self._connection.execute("SELECT name FROM topic")}
        if missing := sorted(set(topics) - there):
            message = f"the log has no topic {', '.join(missing)}: run `seatrial migrate` to create it"
            raise MissingTopics(message)

    def partitions(self, topic: str) -> int:
        self.check([topic])
        return int(self._connection.execute("SELECT partitions FROM topic WHERE name = ?", (topic,)).fetchone()[0])

    def trim(self, before: int) -> int:
        """Delete what was appended before ``before`` (ms) and return how many records that were."""
        with _transaction(self._connection):
            return self._connection.execute("DELETE FROM record WHERE appended_at < ?", (before,)).rowcount


class SqliteWriter:
    """Appends by group commit: `flush` writes all that is queued in one transaction."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._queue: list[NewRecord] = []
        self._partitions: dict[str, int] = {}
        self._turn = 0

    def append(self, record: NewRecord) -> None:
        self._queue.append(record)

    def flush(self) -> None:
        queue, self._queue = self._queue, []
        if not queue:
            return
        placed = [(Partition(record.topic, self._place(record)), record) for record in queue]
        with _transaction(self._connection):
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

    def _tails(self, partitions: Collection[Partition]) -> dict[Partition, tuple[int, int]]:
        """The next offset of each partition, and the append time for this flush: never less than the last one."""
        now = self._clock.now()
        tails = {}
        for partition in partitions:
            query = "SELECT next_offset, appended_at FROM tail WHERE topic = ? AND partition = ?"
            row = self._connection.execute(query, (partition.topic, partition.number)).fetchone()
            tails[partition] = (row[0], max(row[1], now)) if row else (0, now)
        return tails

    def _place(self, record: NewRecord) -> int:
        partitions = self._partitions.get(record.topic)
        if partitions is None:
            partitions = self._partitions[record.topic] = SqliteAdmin(self._connection).partitions(record.topic)
        if record.key is not None:
            return partition_of(record.key, partitions)
        self._turn += 1
        return self._turn % partitions


class _Member:
    """One reader's place in its group; partition ``i`` belongs to the live member ``i mod n`` in the order of names."""

    def __init__(self, group: str, name: str, timeout: float) -> None:
        self.group = group
        self.name = name
        self._timeout = timeout
        self._beat_at = float("-inf")
        self._live: tuple[str, ...] = ()

    def live(self, connection: sqlite3.Connection) -> tuple[str, ...]:
        """The names of the live members, after a heartbeat of this one if it is due."""
        if time.monotonic() - self._beat_at < HEARTBEAT_SECONDS:
            return self._live
        now = time.time()
        with _transaction(connection):
            row = (self.group, self.name, now)
            connection.execute("INSERT OR REPLACE INTO member VALUES (?, ?, ?)", row)
            query = "SELECT member FROM member WHERE consumer_group = ? AND seen_at > ? ORDER BY member"
            self._live = tuple(name for (name,) in connection.execute(query, (self.group, now - self._timeout)))
        self._beat_at = time.monotonic()
        return self._live

    def leave(self, connection: sqlite3.Connection) -> None:
        with _transaction(connection):
            where = "consumer_group = ? AND member = ?"
            connection.execute(f"DELETE FROM member WHERE {where}", (self.group, self.name))  # noqa: S608 - no input in it


class SqliteReader:
    def __init__(
        self, connection: sqlite3.Connection, topics: Sequence[str], member: _Member, positions: Positions
    ) -> None:
        self._connection = connection
        self._member = member
        self._positions = positions
        admin = SqliteAdmin(connection)
        self._all = [Partition(topic, n) for topic in sorted(topics) for n in range(admin.partitions(topic))]
        self._offsets: dict[Partition, int] = {}
        self._paused: set[Partition] = set()
        self._first = 0

    def poll(self, timeout: float) -> Batch:
        self._assign()
        deadline = time.monotonic() + timeout
        while True:
            with _clear_errors():
                seen = self._version()  # before the read, so that an append during it is not slept over
                batch = self._read()
            if batch.records or time.monotonic() >= deadline:
                return batch
            self._wait(seen, deadline)

    def seek(self, partition: Partition, offset: int) -> None:
        self._offsets[partition] = offset

    def pause(self, partitions: Collection[Partition]) -> None:
        self._paused.update(partitions)

    def resume(self, partitions: Collection[Partition]) -> None:
        self._paused.difference_update(partitions)

    def end_positions(self) -> Mapping[Partition, tuple[int, int]]:
        ends = {}
        for partition in self._offsets:
            where = (partition.topic, partition.number)
            query = "SELECT min(offset) FROM record WHERE topic = ? AND partition = ?"
            first = self._connection.execute(query, where).fetchone()[0]
            query = "SELECT next_offset FROM tail WHERE topic = ? AND partition = ?"
            tail = self._connection.execute(query, where).fetchone()
            end = tail[0] if tail else 0
            ends[partition] = (end if first is None else first, end)
        return ends

    def close(self) -> None:
        with contextlib.suppress(LogUnavailable):
            self._member.leave(self._connection)
        self._connection.close()

    def _assign(self) -> None:
        live = self._member.live(self._connection)
        mine = live.index(self._member.name)
        owned = [partition for i, partition in enumerate(self._all) if i % len(live) == mine]
        gained = [partition for partition in owned if partition not in self._offsets]
        lost = self._offsets.keys() - set(owned)
        for partition in lost:
            del self._offsets[partition]
        self._paused -= lost
        if gained:
            started = self._positions(gained)
            self._offsets.update({partition: started.get(partition, 0) for partition in gained})

    def _read(self) -> Batch:
        records: list[Record] = []
        at_end = set()
        room = BATCH_BYTES
        for partition in self._in_turn():
            if partition in self._paused:
                continue
            some, size, ended = self._read_partition(partition, BATCH_RECORDS - len(records), room)
            records += some
            room -= size
            if ended:
                at_end.add(partition)
        next_offsets = {record.partition: record.offset + 1 for record in records}
        self._offsets.update(next_offsets)
        return Batch(tuple(records), next_offsets, frozenset(at_end), frozenset(self._offsets))

    def _in_turn(self) -> Iterator[Partition]:
        """Every partition, another one first each time, so that a full one cannot starve the rest."""
        owned = sorted(self._offsets)
        self._first += 1
        start = self._first % len(owned) if owned else 0
        yield from owned[start:] + owned[:start]

    def _read_partition(self, partition: Partition, most: int, room: int) -> tuple[list[Record], int, bool]:
        """Records from the partition, their bytes, and whether its end was reached."""
        if most <= 0 or room <= 0:
            return [], 0, False
        query = (
            "SELECT offset, key, value, headers, appended_at FROM record"
            " WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?"
        )
        where = (partition.topic, partition.number, self._offsets[partition], most)
        records: list[Record] = []
        size = 0
        cursor = self._connection.execute(query, where)
        for offset, key, value, headers, appended_at in cursor:
            records.append(Record(partition, offset, key, value, _headers(headers), appended_at))
            size += len(value or b"") + len(key or b"")
            if size >= room:
                cursor.close()
                return records, size, False
        return records, size, len(records) < most

    def _wait(self, seen: int, deadline: float) -> None:
        while self._version() == seen and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(LOOK_SECONDS, left))

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


def _headers(encoded: bytes | None) -> Headers:
    if encoded is None:
        return ()
    return tuple((name, value) for name, value in msgspec.msgpack.decode(encoded))


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _clear_errors():
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(SCHEMA)
        return connection


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    with _clear_errors():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        message = f"the log's file cannot be used ({error}): check that its disk is not full and that it may be written"
        raise LogUnavailable(message) from error
