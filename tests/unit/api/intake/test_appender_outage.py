"""Group commit over a log that fails: what was answered reaches it, in order, whatever happens in between."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from api.intake.keeping.appender import Appender
from api.intake.keeping.spool import Segment, Spool, SpoolFull
from models.clock import SimulatedClock
from models.ports import LogUnavailable, LogWriter, NewRecord
from models.wire.cloudevents import REDELIVERY
from models.wire.topics import ERRORS, all_topics
from tests.fakes.log import MemoryLog

NOW = 1_795_390_740_000
SHORT = 0.05
ROOM = 100_000_000


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog(SimulatedClock(NOW), all_topics(1))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path, ROOM, SimulatedClock(NOW))


def record(number: int, size: int = 10, project: str = "shop") -> NewRecord:
    return NewRecord(ERRORS, f"{project}:{number}".encode(), b"x" * size)


def keys(log: MemoryLog) -> list[bytes]:
    """In the log's order, each when it was there first."""
    return list(dict.fromkeys(one.key or b"" for one in log.records(ERRORS)))


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - conditions of every kind
            await asyncio.sleep(0.005)


def make_unreadable(folder: Path) -> None:
    """A folder in its place: a file that cannot be read, whoever asks."""
    (segment,) = folder.glob("*/*.segment")
    segment.unlink()
    segment.mkdir()


class Stalling:
    """A writer over another whose flush hangs while its gate is shut."""

    def __init__(self, inner: LogWriter) -> None:
        self._inner = inner
        self.gate = threading.Event()
        self.flushing = threading.Event()

    def append(self, record: NewRecord) -> None:
        self._inner.append(record)

    def flush(self) -> None:
        self.flushing.set()
        assert self.gate.wait(20)
        self._inner.flush()

    def close(self) -> None: ...


@contextmanager
def running(appender: Appender, scenario: Callable[[], Awaitable[None]]) -> Iterator[None]:
    async def run() -> None:
        appender.start()
        await scenario()
        await appender.stop()

    asyncio.run(run())
    yield


def play(appender: Appender, scenario: Callable[[], Awaitable[None]]) -> None:
    with running(appender, scenario):
        pass


def test_an_outage_is_bridged_in_order(log: MemoryLog, spool: Spool) -> None:
    """While the log is down, requests are answered from the spool; all of it is in the log once that is back."""
    appender = Appender(log.writer(), spool=spool)

    async def scenario() -> None:
        await appender.append([record(0)])
        log.down = True
        for number in range(1, 6):
            await appender.append([record(number)])
        assert appender.failure is not None
        assert spool.size > 0
        log.down = False
        await appender.append([record(6)])
        await until(lambda: not spool.count)
        await appender.append([record(7)])
        assert appender.failure is None

    play(appender, scenario)
    assert keys(log) == [b"shop:%d" % number for number in range(8)]


def test_a_log_that_hangs_keeps_nobody_waiting(log: MemoryLog, spool: Spool) -> None:
    """Past its patience a request is spooled, and those behind it at once; when the flush comes back all goes on."""
    writer = Stalling(log.writer())
    appender = Appender(writer, spool=spool, patience=SHORT)

    async def scenario() -> None:
        await appender.append([record(0)])
        await appender.append([record(1)])
        assert log.records(ERRORS) == []
        writer.gate.set()
        await until(lambda: not spool.count)

    play(appender, scenario)
    assert keys(log) == [b"shop:0", b"shop:1"]


def test_nobody_overtakes_a_flush_that_may_fail(log: MemoryLog, spool: Spool) -> None:
    """Those who come while a flush is out wait for it: if it fails, they go behind its records."""
    writer = Stalling(log.writer())
    appender = Appender(writer, spool=spool)

    async def scenario() -> None:
        log.accidents.extend([0.5])
        first = asyncio.create_task(appender.append([record(0), record(1)]))
        await asyncio.get_running_loop().run_in_executor(None, writer.flushing.wait, 20)
        second = asyncio.create_task(appender.append([record(2)]))
        writer.gate.set()
        await asyncio.gather(first, second)
        await until(lambda: not spool.count)

    play(appender, scenario)
    assert keys(log) == [b"shop:0", b"shop:1", b"shop:2"]


def test_what_the_log_may_have_already_is_marked(log: MemoryLog, spool: Spool) -> None:
    """A record that is sent again after an answer was lost says so; one that was never sent does not."""
    appender = Appender(log.writer(), spool=spool)

    async def scenario() -> None:
        log.accidents.extend([1.0])
        await appender.append([record(0)])
        await until(lambda: not spool.count)
        await appender.append([record(1)])

    play(appender, scenario)
    assert [(one.key, REDELIVERY in one.headers) for one in log.records(ERRORS)] == [
        (b"shop:0", False),
        (b"shop:0", True),
        (b"shop:1", False),
    ]


def test_past_the_spool_s_bound_it_refuses(log: MemoryLog, tmp_path: Path) -> None:
    """Only the project that has its share; others are still answered, and nobody waits for the log."""
    spool = Spool(tmp_path, 4_000, SimulatedClock(NOW))
    appender = Appender(log.writer(), spool=spool)

    async def scenario() -> None:
        log.down = True
        await appender.append([record(0, 1_000)])
        with pytest.raises(SpoolFull):
            await appender.append([record(1, 1_000)])
        await appender.append([record(2, 100, "web")])
        log.down = False
        await until(lambda: not spool.count)
        await appender.append([record(3)])

    play(appender, scenario)
    assert keys(log) == [b"shop:0", b"web:2", b"shop:3"]


def test_one_project_s_share_does_not_end_the_service(log: MemoryLog, tmp_path: Path) -> None:
    """It goes on taking from others, and says so; only without room for any of them, it does not."""
    appender = Appender(log.writer(), spool=Spool(tmp_path, 8_000, SimulatedClock(NOW)))

    async def scenario() -> None:
        log.down = True
        await appender.append([record(0, 1_000)])
        await appender.append([record(1, 1_000)])
        with pytest.raises(SpoolFull):
            await appender.append([record(2, 1_000)])
        assert appender.spooling
        with pytest.raises(SpoolFull):
            await appender.append([record(3, 4_000, "web")])
        assert not appender.spooling
        await appender.append([record(4, 100, "web")])
        assert appender.spooling

    play(appender, scenario)


def test_a_segment_that_cannot_be_read_holds_up_nobody(log: MemoryLog, spool: Spool, tmp_path: Path) -> None:
    """What lies behind it is shipped, and what comes is appended."""
    appender = Appender(log.writer(), spool=spool, retries=[0.01])

    async def scenario() -> None:
        log.down = True
        await appender.append([record(0)])
        make_unreadable(tmp_path)
        log.down = False
        await until(lambda: not spool.count)
        await appender.append([record(1)])

    play(appender, scenario)
    assert keys(log) == [b"shop:1"]
    assert spool.unreadable == 1


class Odd(Spool):
    """Fails in a way that nobody thought of."""

    failures = 0

    def remove(self, segment: Segment) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("odd")
        super().remove(segment)


def test_a_fault_of_ours_costs_those_who_wait_and_nobody_else(log: MemoryLog, tmp_path: Path) -> None:
    """They are told, their bytes are free again, and the next ones are appended."""
    spool = Odd(tmp_path, ROOM, SimulatedClock(NOW))
    writer = Stalling(log.writer())
    writer.gate.set()
    appender = Appender(writer, spool=spool, retries=[0.01])

    async def scenario() -> None:
        log.down = True
        await appender.append([record(0)])
        spool.failures = 1
        writer.flushing.clear()
        writer.gate.clear()
        log.down = False
        await asyncio.get_running_loop().run_in_executor(None, writer.flushing.wait, 20)
        waits = asyncio.create_task(appender.append([record(1)]))
        await asyncio.sleep(0)
        writer.gate.set()
        with suppress(LogUnavailable):
            await waits
        await until(lambda: not spool.failures and not spool.count)
        await appender.append([record(2)])
        assert appender.queued_bytes == 0
        assert not appender.ended

    play(appender, scenario)
    assert {b"shop:0", b"shop:2"} <= set(keys(log))


def test_an_appender_that_ended_takes_nothing_and_says_so(log: MemoryLog, spool: Spool) -> None:
    """Whoever waits is told, instead of waiting for ever."""
    writer = Stalling(log.writer())
    appender = Appender(writer, spool=spool)

    async def scenario() -> None:
        waits = asyncio.create_task(appender.append([record(0)]))
        await asyncio.get_running_loop().run_in_executor(None, writer.flushing.wait, 20)
        assert appender._task is not None
        appender._task.cancel()
        with pytest.raises(LogUnavailable):
            await waits
        assert appender.ended
        with pytest.raises(LogUnavailable):
            await appender.append([record(1)])
        writer.gate.set()

    play(appender, scenario)


def test_a_killed_process_leaves_it_to_the_next(log: MemoryLog, tmp_path: Path) -> None:
    """What one process spooled, the next one ships, before anything of its own."""
    first = Appender(log.writer(), spool=Spool(tmp_path, ROOM, SimulatedClock(NOW)))

    async def outage() -> None:
        log.down = True
        await first.append([record(0)])
        await first.append([record(1)])

    play(first, outage)
    log.down = False
    spool = Spool(tmp_path, ROOM, SimulatedClock(NOW))
    second = Appender(log.writer(), spool=spool)

    async def afterwards() -> None:
        await second.append([record(2)])
        await until(lambda: not spool.count)

    play(second, afterwards)
    assert keys(log) == [b"shop:0", b"shop:1", b"shop:2"]


def test_under_load_it_finds_back_to_the_log(log: MemoryLog, spool: Spool) -> None:
    """With requests coming all the time, the spool is emptied all the same."""
    appender = Appender(log.writer(), spool=spool)
    sent: list[int] = []
    enough = asyncio.Event()

    async def client(own: int) -> None:
        number = own
        while not enough.is_set():
            await appender.append([record(number)])
            sent.append(number)
            number += 4

    async def scenario() -> None:
        clients = [asyncio.create_task(client(own)) for own in range(4)]
        log.down = True
        await until(lambda: len(sent) > 50)
        log.down = False
        await until(lambda: appender.failure is None and not spool.count)
        enough.set()
        await asyncio.gather(*clients)
        await until(lambda: not spool.count)

    play(appender, scenario)
    for own in range(4):
        of_client = [number for number in (int(key[5:]) for key in keys(log)) if number % 4 == own]
        assert of_client == sorted(number for number in sent if number % 4 == own)
