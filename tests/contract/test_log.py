"""One suite over every log: in memory, on an SQLite file, on a real Kafka."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

import pytest

from models.clock import SystemClock
from models.log.kafka import KafkaLog
from models.log.partitioner import partition_of
from models.log.sqlite import SqliteLog
from models.ports import (
    Batch,
    Log,
    LogReader,
    LogUnavailable,
    MissingTopics,
    NewRecord,
    Partition,
    Positions,
    Record,
    TopicSettings,
)
from tests.fakes.log import MemoryLog
from tests.real.kafka import Broker
from tests.real.process import LOOPBACK, free_port

PARTITIONS = 4
PATIENCE_SECONDS = 60
MEMBER_TIMEOUT_SECONDS = 1.5
SESSION_MS = 6_000
"""The shortest that a broker allows which nobody configured."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A log under test, with a topic and a group that no other test uses."""

    log: Log
    reopen: Callable[[], Log]
    broken: Callable[[], Log]
    topic: str
    group: str
    weakens: str = ""
    """What cannot be tested, since the broker is a stand-in."""

    def skip_on_stand_in(self) -> None:
        if self.weakens:
            pytest.skip(f"on a stand-in broker {self.weakens}")

    def append(self, *records: NewRecord) -> None:
        with closing(self.log.writer()) as writer:
            for record in records:
                writer.append(record)
            writer.flush()

    def reader(self, member: str = "one", positions: Positions | None = None) -> LogReader:
        return self.log.reader([self.topic], self.group, member, positions or from_start)

    def partition(self, number: int) -> Partition:
        return Partition(self.topic, number)


def from_start(partitions: Collection[Partition]) -> Mapping[Partition, int]:
    return dict.fromkeys(partitions, 0)


@pytest.fixture(params=["memory", "sqlite", "kafka"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    name = f"test.{uuid4().hex}"
    subject = _subject(request, tmp_path, name)
    subject.log.admin().ensure({name: TopicSettings(PARTITIONS)})
    return subject


def _subject(request: pytest.FixtureRequest, folder: Path, name: str) -> Subject:
    if request.param == "memory":
        memory, down = MemoryLog(), MemoryLog(topics={name: TopicSettings(PARTITIONS)})
        down.down = True
        return Subject(memory, lambda: memory, lambda: down, name, name)
    if request.param == "sqlite":
        file, unusable = folder / "log.sqlite", folder / "unusable.sqlite"
        unusable.write_bytes(b"this is no database" * 1_000)
        return Subject(_sqlite(file), lambda: _sqlite(file), lambda: _sqlite(unusable), name, name)
    broker: Broker = request.getfixturevalue("kafka")
    nobody = f"{LOOPBACK}:{free_port()}"
    log = _kafka(broker.bootstrap)
    return Subject(log, lambda: _kafka(broker.bootstrap), lambda: _kafka(nobody), name, name, broker.weakens)


def _sqlite(file: Path) -> Log:
    return SqliteLog(file, SystemClock(), member_timeout=MEMBER_TIMEOUT_SECONDS)


def _kafka(bootstrap: str) -> Log:
    return KafkaLog(bootstrap, session_ms=SESSION_MS, connect_ms=2_000)


def until(reader: LogReader, met: Callable[[list[Batch]], bool]) -> list[Batch]:
    """Poll until the batches so far meet the condition."""
    batches: list[Batch] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not met(batches):
        assert time.monotonic() < deadline, f"still not there after {PATIENCE_SECONDS} s: {batches[-3:]}"
        batches.append(reader.poll(0.5))
    return batches


def take(reader: LogReader, count: int) -> list[Record]:
    """Poll until so many records came."""
    return records(until(reader, lambda batches: len(records(batches)) >= count))


def records(batches: list[Batch]) -> list[Record]:
    return [record for batch in batches for record in batch.records]


def test_key_decides_the_partition_and_order_is_kept(subject: Subject) -> None:
    """Records of one key come back from the partition of its murmur2 hash, in the order they were appended."""
    keys = [b"shop:%d" % number for number in range(8)]
    subject.append(*(NewRecord(subject.topic, key, b"%d" % turn) for turn in range(20) for key in keys))
    with closing(subject.reader()) as reader:
        got = take(reader, 160)
    for key in keys:
        of_key = [record for record in got if record.key == key]
        assert [record.value for record in of_key] == [b"%d" % turn for turn in range(20)]
        assert {record.partition.number for record in of_key} == {partition_of(key, PARTITIONS)}


def test_headers_come_back_in_order_with_duplicates(subject: Subject) -> None:
    """A header that is there twice stays there twice, in its place."""
    subject.skip_on_stand_in()
    headers = (("ce_id", b"1"), ("ce_type", b"\xff\x00"), ("ce_id", b"2"))
    subject.append(NewRecord(subject.topic, b"k", b"v", headers), NewRecord(subject.topic, b"k", b"v"))
    with closing(subject.reader()) as reader:
        assert [record.headers for record in take(reader, 2)] == [headers, ()]


def test_key_and_value_may_be_null(subject: Subject) -> None:
    """A missing key or value comes back as missing, an empty one as empty."""
    subject.append(*(NewRecord(subject.topic, *pair) for pair in [(None, b"v"), (b"k", None), (b"k", b"")]))
    with closing(subject.reader()) as reader:
        assert {(record.key, record.value) for record in take(reader, 3)} == {(None, b"v"), (b"k", None), (b"k", b"")}


def test_batches_carry_next_offsets(subject: Subject) -> None:
    """Each batch says, for every partition it has records of, the offset after its last one."""
    subject.append(*(NewRecord(subject.topic, b"%d" % number, b"v") for number in range(50)))
    with closing(subject.reader()) as reader:
        batches = until(reader, lambda batches: len(records(batches)) >= 50)
    for batch in batches:
        assert dict(batch.next_offsets) == {record.partition: record.offset + 1 for record in batch.records}
        assert batch.next_offsets.keys() <= batch.assigned


def test_reading_starts_where_the_positions_say(subject: Subject) -> None:
    """A reader starts each partition at the position of the store, or at its first record if the store has none."""
    keys = [_key_of(number) for number in range(2)]
    subject.append(*(NewRecord(subject.topic, key, b"%d" % turn) for turn in range(5) for key in keys))
    with closing(subject.reader(positions=lambda _: {subject.partition(0): 3})) as reader:
        got = take(reader, 7)
    assert sorted(record.offset for record in got if record.partition.number == 0) == [3, 4]
    assert sorted(record.offset for record in got if record.partition.number == 1) == [0, 1, 2, 3, 4]


def test_positions_that_cannot_be_read_make_the_log_unavailable(subject: Subject) -> None:
    """A reader that cannot learn where to start must be rebuilt; it never reads from elsewhere."""

    def fail(_: Collection[Partition]) -> Mapping[Partition, int]:
        message = "the database is down"
        raise RuntimeError(message)

    subject.append(NewRecord(subject.topic, b"k", b"v"))
    with closing(subject.reader(positions=fail)) as reader, pytest.raises(LogUnavailable, match="database is down"):
        take(reader, 1)


def test_seek_reads_again(subject: Subject) -> None:
    """After a seek the next record is the one at that offset."""
    key = _key_of(2)
    subject.append(*(NewRecord(subject.topic, key, b"%d" % turn) for turn in range(5)))
    with closing(subject.reader()) as reader:
        take(reader, 5)
        reader.seek(subject.partition(2), 1)
        assert [record.value for record in take(reader, 4)] == [b"1", b"2", b"3", b"4"]


def test_paused_partition_gives_nothing_until_resumed(subject: Subject) -> None:
    """Only the other partitions are read while one is paused, and nothing of it is lost."""
    subject.append(NewRecord(subject.topic, _key_of(0), b"first"))
    with closing(subject.reader()) as reader:
        take(reader, 1)
        reader.pause([subject.partition(0)])
        subject.append(*(NewRecord(subject.topic, _key_of(number), b"second") for number in (0, 1, 2)))
        assert {record.partition.number for record in take(reader, 2)} == {1, 2}
        assert not reader.poll(0.5).records
        reader.resume([subject.partition(0)])
        assert [record.partition.number for record in take(reader, 1)] == [0]


def test_end_is_told_only_when_everything_was_read(subject: Subject) -> None:
    """A partition is at its end once its last record was given, and an empty one is at its end too."""
    subject.append(*(NewRecord(subject.topic, _key_of(0), b"v") for _ in range(10)))
    everything = {subject.partition(number) for number in range(PARTITIONS)}
    read = 0
    with closing(subject.reader()) as reader:
        for batch in until(reader, lambda batches: bool(batches) and batches[-1].at_end == everything):
            read += len(batch.records)
            assert read == 10 or subject.partition(0) not in batch.at_end
        assert read == 10
        reader.seek(subject.partition(0), 4)
        again = until(reader, lambda batches: len(records(batches)) >= 6)
        assert all(subject.partition(0) not in batch.at_end for batch in again[:-1])


def test_end_positions_name_first_and_next_offset(subject: Subject) -> None:
    """Each assigned partition's first offset and the offset after its last record are known."""
    subject.append(*(NewRecord(subject.topic, _key_of(3), b"v") for _ in range(7)))
    with closing(subject.reader()) as reader:
        take(reader, 7)
        assert reader.end_positions() == {subject.partition(n): (0, 7 if n == 3 else 0) for n in range(PARTITIONS)}


def test_position_outside_the_log_can_be_recognised(subject: Subject) -> None:
    """A reader that starts beyond the end gives no records, so that its owner can compare with the end positions."""
    subject.append(NewRecord(subject.topic, _key_of(0), b"v"))
    with closing(subject.reader(positions=lambda partitions: dict.fromkeys(partitions, 99))) as reader:
        batches = until(reader, lambda batches: bool(batches) and bool(batches[-1].assigned))
        assert not records(batches)
        assert reader.end_positions()[subject.partition(0)] == (0, 1)


def test_two_readers_share_and_one_takes_over(subject: Subject) -> None:
    """Members share all partitions without overlap; when one leaves, the other reads on where the store stands."""
    subject.skip_on_stand_in()
    store: dict[Partition, int] = {}
    got: list[Record] = []
    everything = {subject.partition(number) for number in range(PARTITIONS)}
    one, two = _Worker(subject, "one", store, got), _Worker(subject, "two", store, got)
    with one, two:
        _wait(lambda: one.owned | two.owned == everything and not one.owned & two.owned and bool(one.owned))
        subject.append(*(NewRecord(subject.topic, _key_of(number), b"shared") for number in range(PARTITIONS)))
        _wait(lambda: len(got) == PARTITIONS)
        two.stop()
        _wait(lambda: one.owned == everything)
        subject.append(*(NewRecord(subject.topic, _key_of(number), b"after") for number in range(PARTITIONS)))
        _wait(lambda: len(got) >= 2 * PARTITIONS)
    assert sorted((record.partition.number, record.offset) for record in got) == [
        (number, offset) for number in range(PARTITIONS) for offset in range(2)
    ]


def test_missing_topic_is_an_error(subject: Subject) -> None:
    """A topic that does not exist is named at once, by check, reader and writer."""
    subject.append(NewRecord(subject.topic, b"k", b"v"))
    with pytest.raises(MissingTopics, match=r"no\.such.*seatrial migrate"):
        subject.log.admin().check([subject.topic, "no.such"])
    with pytest.raises(MissingTopics, match=r"no\.such"):
        subject.log.reader([subject.topic, "no.such"], subject.group, "one", from_start)
    with pytest.raises(MissingTopics, match=r"no\.such"):
        subject.append(NewRecord("no.such", b"k", b"v"))


def test_ensure_leaves_what_is_there(subject: Subject) -> None:
    """Topics are created once; asking again changes neither their partitions nor their records."""
    subject.append(NewRecord(subject.topic, b"k", b"v"))
    compacted = f"{subject.topic}.compacted"
    subject.log.admin().ensure({subject.topic: TopicSettings(9), compacted: TopicSettings(1, compacted=True)})
    subject.log.admin().check([subject.topic, compacted])
    assert subject.log.admin().partitions(subject.topic) == PARTITIONS
    with closing(subject.reader()) as reader:
        assert take(reader, 1)[0].value == b"v"


def test_flushed_records_are_there_after_reopening(subject: Subject) -> None:
    """What was flushed is in the log for whoever opens it next; what was only appended is not."""
    writer = subject.log.writer()
    writer.append(NewRecord(subject.topic, b"k", b"flushed"))
    writer.flush()
    writer.append(NewRecord(subject.topic, b"k", b"not flushed"))
    writer.close()
    subject.append(NewRecord(subject.topic, b"k", b"last"))
    with closing(subject.reopen().reader([subject.topic], subject.group, "one", from_start)) as reader:
        assert [record.value for record in take(reader, 2)] == [b"flushed", b"last"]


def test_append_time_is_the_log_s_own(subject: Subject) -> None:
    """Records carry the time at which the log took them, and it never falls within a partition."""
    before = SystemClock().now()
    for turn in range(3):
        subject.append(NewRecord(subject.topic, b"k", b"%d" % turn))
    after = SystemClock().now()
    with closing(subject.reader()) as reader:
        times = [record.appended_at for record in take(reader, 3)]
    assert times == sorted(times)
    assert before <= times[0] <= times[-1] <= after


def test_log_that_is_down_says_so(subject: Subject) -> None:
    """Writing to and reading from a log that cannot be used raises LogUnavailable in bounded time."""
    down = subject.broken()
    with pytest.raises(LogUnavailable, match=r"check|taken down"):
        _write(down, NewRecord(subject.topic, b"k", b"v"))
    with pytest.raises(LogUnavailable, match=r"check|taken down"):
        down.reader([subject.topic], subject.group, "one", from_start).poll(0.5)


def _write(log: Log, record: NewRecord) -> None:
    with closing(log.writer()) as writer:
        writer.append(record)
        writer.flush()


def _key_of(number: int) -> bytes:
    """A key whose partition it is."""
    return next(key for key in (b"key-%d" % n for n in range(1_000)) if partition_of(key, PARTITIONS) == number)


def _wait(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not met():
        assert time.monotonic() < deadline, f"still not there after {PATIENCE_SECONDS} s"
        time.sleep(0.01)


class _Worker:
    """A member that polls in a thread and keeps its positions in a store, as a consumer does: one step moves both."""

    _lock = threading.Lock()

    def __init__(self, subject: Subject, member: str, store: dict[Partition, int], got: list[Record]) -> None:
        self.owned: frozenset[Partition] = frozenset()
        self._reader = subject.reader(member, self._positions)
        self._store = store
        self._got = got
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=member)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _positions(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        with self._lock:
            return {partition: self._store.get(partition, 0) for partition in partitions}

    def _run(self) -> None:
        with closing(self._reader):
            while not self._stop.is_set():
                batch = self._reader.poll(0.5)
                self._keep(batch)
                self.owned = batch.assigned
        self.owned = frozenset()

    def _keep(self, batch: Batch) -> None:
        with self._lock:
            for record in batch.records:
                if record.offset == self._store.get(record.partition, 0):  # the store fences zombies
                    self._store[record.partition] = record.offset + 1
                    self._got.append(record)
