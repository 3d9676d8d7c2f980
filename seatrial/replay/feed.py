"""A log that a file feeds: the `Log` port of a replay, where a record's append time is what the file says.

Nothing waits in it longer than the consumer's next poll, so it keeps nothing: positions go on where a store left them.
"""

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from models.log.partitioner import Partitioner
from models.ports import Batch, Log, LogAdmin, LogWriter, MissingTopics, Partition, Positions, Record

BATCH_RECORDS = 2_000


class FeedLog(Log):
    """Partitions with what was fed and not read yet. One reader, one thread."""

    def __init__(self, partitions: Mapping[str, int]) -> None:
        self.counts = partitions
        self.waiting: dict[Partition, deque[Record]] = {
            Partition(topic, number): deque() for topic, count in partitions.items() for number in range(count)
        }
        self._next = dict.fromkeys(self.waiting, 0)
        self._partitioner = Partitioner(lambda topic: partitions[topic])

    def feed(self, topic: str, key: bytes | None, value: bytes, at: int) -> None:
        """Append one record as of ``at`` (ms), which must not be before the last one."""
        partition = self._partitioner.place(topic, key)
        offset = self._next[partition]
        self._next[partition] = offset + 1
        self.waiting[partition].append(Record(partition, offset, key, value, (), at))

    def writer(self) -> LogWriter:
        message = "a replay's log is fed by its file alone"
        raise NotImplementedError(message)

    def reader(self, topics: Sequence[str], group: str, member: str, positions: Positions) -> "FeedReader":  # noqa: ARG002 - one reader
        return FeedReader({one: waiting for one, waiting in self.waiting.items() if one.topic in topics}, positions)

    def admin(self) -> LogAdmin:
        return _Admin(self.counts)


class FeedReader:
    """Gives what was fed, at most `BATCH_RECORDS` at once. A pause means nothing to a file."""

    def __init__(self, waiting: Mapping[Partition, deque[Record]], positions: Positions) -> None:
        self._waiting = waiting
        positions(list(waiting))

    def poll(self, timeout: float) -> Batch:  # noqa: ARG002 - nothing comes while the only thread waits
        records: list[Record] = []
        for waiting in self._waiting.values():
            while waiting and len(records) < BATCH_RECORDS:
                records.append(waiting.popleft())
        next_offsets = {record.partition: record.offset + 1 for record in records}
        at_end = frozenset(partition for partition, waiting in self._waiting.items() if not waiting)
        return Batch(tuple(records), next_offsets, at_end, frozenset(self._waiting))

    def seek(self, partition: Partition, offset: int) -> None: ...

    def pause(self, partitions: Collection[Partition]) -> None: ...

    def resume(self, partitions: Collection[Partition]) -> None: ...

    def end_positions(self) -> Mapping[Partition, tuple[int, int]]:
        return {}

    def close(self) -> None: ...


class _Admin:
    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts

    def ensure(self, topics: Mapping[str, object]) -> None: ...

    def check(self, topics: Collection[str]) -> None:
        if missing := set(topics) - self._counts.keys():
            raise MissingTopics(", ".join(sorted(missing)))

    def partitions(self, topic: str) -> int:
        return self._counts[topic]
