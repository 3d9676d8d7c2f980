"""What only the log on an SQLite file does; what every log does is in the contract suite."""

from collections.abc import Collection, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from models.clock import SimulatedClock
from models.log import sqlite_retention
from models.log.sqlite import SqliteLog
from models.log.sqlite_file import opened
from models.ports import LogUnavailable, NewRecord, Partition, TopicSettings

TOPIC, LAST = "t", "compacted"


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(1_000)


@pytest.fixture
def log(tmp_path: Path, clock: SimulatedClock) -> SqliteLog:
    log = SqliteLog(tmp_path / "log.sqlite", clock)
    log.admin().ensure({TOPIC: TopicSettings(2), LAST: TopicSettings(1, compacted=True)})
    return log


def append(log: SqliteLog, *records: NewRecord) -> None:
    with closing(log.writer()) as writer:
        for record in records:
            writer.append(record)
        writer.flush()


def read(log: SqliteLog, topic: str) -> list[bytes | None]:
    with closing(log.reader([topic], "group", "one", from_start)) as reader:
        return [record.value for record in reader.poll(0).records]


def from_start(_: Collection[Partition]) -> Mapping[Partition, int]:
    return {}


def test_append_time_never_falls(tmp_path: Path, log: SqliteLog, clock: SimulatedClock) -> None:
    """A clock that goes back, here another one on the same file, does not take a partition's time back."""
    clock.set(5_000)
    append(log, NewRecord(TOPIC, b"k", b"1"))
    append(SqliteLog(tmp_path / "log.sqlite", SimulatedClock(3_000)), NewRecord(TOPIC, b"k", b"2"))
    with closing(log.reader([TOPIC], "group", "one", from_start)) as reader:
        assert [record.appended_at for record in reader.poll(0).records] == [5_000, 5_000]


def test_trim_deletes_the_old_and_keeps_offsets(
    log: SqliteLog, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old records go, in several transactions; the young stay, and the next offset goes on even if all are gone."""
    monkeypatch.setattr(sqlite_retention, "TRIM_RECORDS", 3)
    append(log, *(NewRecord(TOPIC, b"k", b"old") for _ in range(10)))
    clock.set(2_000)
    append(log, NewRecord(TOPIC, b"k", b"young"))
    assert log.admin().trim(2_000) == 10
    assert read(log, TOPIC) == [b"young"]
    assert log.admin().trim(9_000) == 1
    append(log, NewRecord(TOPIC, b"k", b"next"))
    with closing(log.reader([TOPIC], "group", "one", from_start)) as reader:
        assert [record.offset for record in reader.poll(0).records] == [11]
        assert (11, 12) in reader.end_positions().values()


def test_trim_keeps_the_last_of_each_key_of_a_compacted_topic(log: SqliteLog) -> None:
    """A compacted topic loses what was replaced and keeps the last of each key, however old."""
    pairs = [(b"a", b"1"), (b"b", b"2"), (b"a", b"3")]
    append(log, *(NewRecord(LAST, key, value) for key, value in pairs))
    assert log.admin().trim(9_000) == 1
    assert read(log, LAST) == [b"2", b"3"]


def test_member_that_is_not_heard_of_loses_its_partitions(tmp_path: Path, clock: SimulatedClock) -> None:
    """A dead member's partitions go to the living after the timeout, without it having left."""
    log = SqliteLog(tmp_path / "log.sqlite", clock, member_timeout=0.5)
    log.admin().ensure({TOPIC: TopicSettings(2)})
    dead = log.reader([TOPIC], "group", "a-dead-one", from_start)
    assert len(dead.poll(0).assigned) == 2
    with closing(log.reader([TOPIC], "group", "living", from_start)) as living:
        assert len(living.poll(0).assigned) == 1
        while len(living.poll(0.1).assigned) < 2:
            pass
    dead.close()


def test_member_that_was_away_asks_for_its_positions_again(tmp_path: Path, clock: SimulatedClock) -> None:
    """A member that was silent for longer than the timeout trusts the store, not its memory."""
    log = SqliteLog(tmp_path / "log.sqlite", clock, member_timeout=0)
    log.admin().ensure({TOPIC: TopicSettings(1)})
    append(log, *(NewRecord(TOPIC, b"k", b"%d" % number) for number in range(3)))
    asked: list[int] = []

    def positions(partitions: Collection[Partition]) -> Mapping[Partition, int]:
        asked.append(len(asked))
        return dict.fromkeys(partitions, len(asked) - 1)

    with closing(log.reader([TOPIC], "group", "one", positions)) as reader:
        batch = reader.poll(0)
        assert batch.records[0].offset == 0
        while len(asked) < 2:
            batch = reader.poll(0.1)
        assert batch.records[0].offset == 1


def test_full_partition_does_not_starve_the_rest(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches take from every partition in turn."""
    monkeypatch.setattr("models.log.sqlite_reader.BATCH_RECORDS", 5)
    append(log, *(NewRecord(TOPIC, None, b"v") for _ in range(40)))
    with closing(log.reader([TOPIC], "group", "one", from_start)) as reader:
        seen = [{record.partition.number for record in reader.poll(0).records} for _ in range(2)]
    assert seen[0] | seen[1] == {0, 1}


def test_batch_is_bounded_by_bytes(log: SqliteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large records make small batches, of at least one record."""
    monkeypatch.setattr("models.log.sqlite_reader.BATCH_BYTES", 1_000)
    append(log, *(NewRecord(TOPIC, b"k", bytes(900)) for _ in range(4)))
    with closing(log.reader([TOPIC], "group", "one", from_start)) as reader:
        assert [len(reader.poll(0).records) for _ in range(3)] == [2, 2, 0]


def test_many_processes_open_and_append_at_once(tmp_path: Path) -> None:
    """Processes that make the file and append at the same time neither fail nor lose or double an offset."""
    file = tmp_path / "log.sqlite"
    with ProcessPoolExecutor(6, mp_context=get_context("spawn")) as pool:
        list(pool.map(append_some, [file] * 6))
    with opened(file) as connection:
        offsets = [offset for (offset,) in connection.execute("SELECT offset FROM record ORDER BY offset")]
    assert offsets == list(range(60))


def append_some(file: Path) -> None:
    log = SqliteLog(file, SimulatedClock(0))
    log.admin().ensure({TOPIC: TopicSettings(1)})
    for _ in range(10):
        append(log, NewRecord(TOPIC, b"k", b"v"))


def test_folder_that_cannot_be_made_says_what_to_check(tmp_path: Path) -> None:
    """A path through a file is no folder: the error says to check the disk and the rights."""
    (tmp_path / "file").write_text("")
    with pytest.raises(LogUnavailable, match="may be written"):
        SqliteLog(tmp_path / "file" / "log.sqlite", SimulatedClock(0)).writer()


def test_failed_flush_leaves_nothing_behind(log: SqliteLog, tmp_path: Path) -> None:
    """A flush that the disk refuses keeps none of its records, and the writer goes on with the next ones."""
    writer = log.writer()
    with opened(tmp_path / "log.sqlite") as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON record WHEN new.value = x'FF'"
            " BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    for value in (b"1", b"\xff"):
        writer.append(NewRecord(TOPIC, b"k", value))
    with pytest.raises(LogUnavailable, match="disk is full"):
        writer.flush()
    writer.append(NewRecord(TOPIC, b"k", b"2"))
    writer.flush()
    writer.close()
    assert read(log, TOPIC) == [b"2"]
