"""A log in memory: same rules as the real ones, for one process, with a switch to take it down."""

import threading
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence

from models.clock import SystemClock
from models.log.assignment import share
from models.log.partitioner import Partitioner
from models.ports import (
    Batch,
    Clock,
    LogUnavailable,
    MissingTopics,
    NewRecord,
    Partition,
    Positions,
    Record,
    TopicSettings,
)

BATCH_RECORDS = 2_000


class MemoryLog:
    """The `Log` port over lists. ``down = True`` makes writers and readers raise `LogUnavailable`.

    ``accidents`` are what happens to the next flushes, one each: the share of its records that a flush keeps before it
    raises, as a broker does whose answer is lost; None for a flush that goes well.
    """

    def __init__(self, clock: Clock | None = None, topics: Mapping[str, TopicSettings] | None = None) -> None:
        self.clock = clock or SystemClock()
        self.down = False
        self.accidents: deque[float | None] = deque()
        self.settings: dict[str, TopicSettings] = {}
        self.kept: dict[Partition, list[Record]] = {}
        self.groups: dict[str, set[str]] = {}
        self.appended = threading.Condition()
        self.admin().ensure(topics or {})

    def writer(self) -> "MemoryWriter":
        return MemoryWriter(self)

    def reader(self, topics: Sequence[str], group: str, member: str, positions: Positions) -> "MemoryReader":
        self.admin().check(topics)
        return MemoryReader(self, topics, (group, member), positions)

    def admin(self) -> "MemoryAdmin":
        return MemoryAdmin(self)

    def records(self, topic: str) -> list[Record]:
        """Everything appended to a topic, partition by partition: for assertions."""
        return [record for partition in self.of(topic) for record in self.kept[partition]]

    def of(self, topic: str) -> list[Partition]:
        return [Partition(topic, number) for number in range(self.settings[topic].partitions)]

    def raise_if_down(self) -> None:
        if self.down:
            message = "the log in memory was taken down by the test"
            raise LogUnavailable(message)


class MemoryAdmin:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log

    def ensure(self, topics: Mapping[str, TopicSettings]) -> None:
        for topic, settings in topics.items():
            self._log.settings.setdefault(topic, settings)
            for partition in self._log.of(topic):
                self._log.kept.setdefault(partition, [])

    def check(self, topics: Collection[str]) -> None:
        if missing := sorted(set(topics) - self._log.settings.keys()):
            message = f"the log has no topic {', '.join(missing)}: run `seatrial migrate` to create it"
            raise MissingTopics(message)

    def partitions(self, topic: str) -> int:
        self.check([topic])
        return self._log.settings[topic].partitions


class MemoryWriter:
    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._queue: list[NewRecord] = []
        self._partitioner = Partitioner(log.admin().partitions)

    def append(self, record: NewRecord) -> None:
        self._queue.append(record)

    def flush(self) -> None:
        queue, self._queue = self._queue, []
        self._log.raise_if_down()
        kept = self._log.accidents.popleft() if self._log.accidents else None
        self._keep_all(queue if kept is None else queue[: int(len(queue) * kept)])
        if kept is not None:
            message = f"the log in memory kept {kept:.0%} and then failed, as the test wanted"
            raise LogUnavailable(message)

    def close(self) -> None:
        self._queue.clear()

    def _keep_all(self, queue: Sequence[NewRecord]) -> None:
        placed = [(self._partitioner.place(record.topic, record.key), record) for record in queue]
        with self._log.appended:
            for partition, record in placed:
                self._keep(self._log.kept[partition], partition, record)
            self._log.appended.notify_all()

    def _keep(self, kept: list[Record], partition: Partition, new: NewRecord) -> None:
        appended_at = max(self._log.clock.now(), kept[-1].appended_at if kept else 0)
        kept.append(Record(partition, len(kept), new.key, new.value, new.headers, appended_at))


class MemoryReader:
    def __init__(
        self, log: MemoryLog, topics: Sequence[str], membership: tuple[str, str], positions: Positions
    ) -> None:
        self._log = log
        self._all = [partition for topic in sorted(topics) for partition in log.of(topic)]
        group, self._member = membership
        self._members = log.groups.setdefault(group, set())
        self._members.add(self._member)
        self._positions = positions
        self._offsets: dict[Partition, int] = {}
        self._paused: set[Partition] = set()

    def poll(self, timeout: float) -> Batch:
        self._log.raise_if_down()
        self._assign()
        deadline = time.monotonic() + timeout
        with self._log.appended:
            while not (batch := self._read()).records and (left := deadline - time.monotonic()) > 0:
                self._log.appended.wait(left)
        return batch

    def seek(self, partition: Partition, offset: int) -> None:
        if partition in self._offsets:
            self._offsets[partition] = offset

    def pause(self, partitions: Collection[Partition]) -> None:
        self._paused.update(partitions)

    def resume(self, partitions: Collection[Partition]) -> None:
        self._paused.difference_update(partitions)

    def end_positions(self) -> Mapping[Partition, tuple[int, int]]:
        return {partition: (0, len(self._log.kept[partition])) for partition in self._offsets}

    def close(self) -> None:
        self._members.discard(self._member)

    def _assign(self) -> None:
        owned = share(self._all, sorted(self._members), self._member)
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
        for partition in self._offsets.keys() - self._paused:
            start = self._offsets[partition]
            kept = self._log.kept[partition]
            some = kept[start : start + BATCH_RECORDS - len(records)]
            records += some
            if start + len(some) >= len(kept):
                at_end.add(partition)
        next_offsets = {record.partition: record.offset + 1 for record in records}
        self._offsets |= next_offsets
        return Batch(tuple(records), next_offsets, frozenset(at_end), frozenset(self._offsets))
