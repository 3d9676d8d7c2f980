"""Reads the log on an SQLite file, as one member of a group that shares its partitions."""

import contextlib
import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence

import msgspec

from models.log.assignment import share
from models.log.sqlite_file import clear_errors, transaction
from models.ports import Batch, Headers, LogUnavailable, Partition, Positions, Record

HEARTBEAT_SECONDS = 1.0
LOOK_SECONDS = 0.02
"""How often a waiting reader looks for appends: 50 reads of one counter a second cost under 1 % of a core."""
BATCH_RECORDS = 2_000
BATCH_BYTES = 8 * 1024 * 1024


class Member:
    """One reader's place in its group. Times are of the machine, which all members share, not of the log's clock."""

    def __init__(self, group: str, name: str, timeout: float) -> None:
        self.name = name
        self._group = group
        self._timeout = timeout
        self._beat_at = float("-inf")

    def is_due(self) -> bool:
        """Whether it is time to say that this member lives, and to see who else does."""
        return time.monotonic() - self._beat_at >= HEARTBEAT_SECONDS

    def was_away(self) -> bool:
        """Whether the others may have taken over meanwhile, since this one was not heard of for so long."""
        return time.monotonic() - self._beat_at >= self._timeout

    def beat(self, connection: sqlite3.Connection) -> list[str]:
        """Say that this member lives; the names of all that do."""
        now = time.time()
        with transaction(connection):
            row = (self._group, self.name, now)
            connection.execute("INSERT OR REPLACE INTO member VALUES (?, ?, ?)", row)
            query = "SELECT member FROM member WHERE consumer_group = ? AND seen_at >= ?"
            live = [name for (name,) in connection.execute(query, (self._group, now - self._timeout))]
        self._beat_at = time.monotonic()
        return live

    def leave(self, connection: sqlite3.Connection) -> None:
        with transaction(connection):
            query = "DELETE FROM member WHERE consumer_group = ? AND member = ?"
            connection.execute(query, (self._group, self.name))


class SqliteReader:
    """The `LogReader` port over a connection of its own."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        partitions: Sequence[Partition],
        member: Member,
        positions: Positions,
    ) -> None:
        self._connection = connection
        self._all = partitions
        self._member = member
        self._positions = positions
        self._offsets: dict[Partition, int] = {}
        self._paused: set[Partition] = set()
        self._first = 0

    def poll(self, timeout: float) -> Batch:
        deadline = time.monotonic() + timeout
        while True:
            if self._member.is_due():
                self._assign()
            with clear_errors():
                seen = self._version()  # before the read, so that an append during it is not slept over
                batch = self._read()
                if batch.records or time.monotonic() >= deadline:
                    return batch
                self._wait(seen, deadline)

    def seek(self, partition: Partition, offset: int) -> None:
        if partition in self._offsets:
            self._offsets[partition] = offset

    def pause(self, partitions: Collection[Partition]) -> None:
        self._paused.update(partitions)

    def resume(self, partitions: Collection[Partition]) -> None:
        self._paused.difference_update(partitions)

    def end_positions(self) -> Mapping[Partition, tuple[int, int]]:
        query = (
            "SELECT coalesce((SELECT min(offset) FROM record WHERE topic = tail.topic AND partition = tail.partition),"
            " next_offset), next_offset FROM tail WHERE topic = ? AND partition = ?"
        )
        with clear_errors():
            return {
                partition: self._connection.execute(query, (partition.topic, partition.number)).fetchone() or (0, 0)
                for partition in self._offsets
            }

    def close(self) -> None:
        with contextlib.suppress(LogUnavailable):
            self._member.leave(self._connection)
        self._connection.close()

    def _assign(self) -> None:
        if self._member.was_away():
            self._offsets.clear()
        owned = share(self._all, self._member.beat(self._connection), self._member.name)
        gained = [partition for partition in owned if partition not in self._offsets]
        try:
            started = self._positions(gained) if gained else {}
        except Exception as error:
            message = f"the positions to start at could not be read ({error})"
            raise LogUnavailable(message) from error
        self._offsets = {partition: self._offsets.get(partition, started.get(partition, 0)) for partition in owned}
        self._paused.intersection_update(owned)

    def _read(self) -> Batch:
        records: list[Record] = []
        at_end = set()
        room = BATCH_BYTES
        for partition in self._in_turn():
            some, size, ended = self._read_partition(partition, BATCH_RECORDS - len(records), room)
            records += some
            room -= size
            if ended:
                at_end.add(partition)
        next_offsets = {record.partition: record.offset + 1 for record in records}
        self._offsets |= next_offsets
        return Batch(tuple(records), next_offsets, frozenset(at_end), frozenset(self._offsets))

    def _in_turn(self) -> list[Partition]:
        """Every partition that is not paused, another one first each time, so that no full one starves the rest."""
        ready = sorted(self._offsets.keys() - self._paused)
        self._first += 1
        start = self._first % len(ready) if ready else 0
        return ready[start:] + ready[:start]

    def _read_partition(self, partition: Partition, most: int, room: int) -> tuple[list[Record], int, bool]:
        """Records from the partition, their bytes, and whether its end was reached."""
        if most <= 0 or room <= 0:
            return [], 0, False
        records: list[Record] = []
        size = 0
        with contextlib.closing(self._rows(partition, most)) as rows:
            for offset, key, value, headers, appended_at in rows:
                records.append(Record(partition, offset, key, value, _headers(headers), appended_at))
                size += len(value or b"") + len(key or b"")
                if size >= room:
                    return records, size, False
        return records, size, len(records) < most

    def _rows(self, partition: Partition, most: int) -> sqlite3.Cursor:
        query = (
            "SELECT offset, key, value, headers, appended_at FROM record"
            " WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?"
        )
        where = (partition.topic, partition.number, self._offsets[partition], most)
        return self._connection.execute(query, where)

    def _wait(self, seen: int, deadline: float) -> None:
        """Sleep until another connection wrote, the deadline, or the next heartbeat."""
        while self._version() == seen and not self._member.is_due() and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(LOOK_SECONDS, left))

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


def _headers(encoded: bytes | None) -> Headers:
    if encoded is None:
        return ()
    return tuple((name, value) for name, value in msgspec.msgpack.decode(encoded))
