"""Group commit and the queue before it."""

import asyncio
import threading

import pytest

from api.intake.keeping.appender import Appender
from api.intake.keeping.queue import QueueFull
from models.ports import LogUnavailable, NewRecord


class GatedWriter:
    """A writer whose flush waits until the test opens its gate; it notes what each flush held."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.flushing = threading.Event()
        self.failure: Exception | None = None
        self.groups: list[list[NewRecord]] = []
        self._queue: list[NewRecord] = []

    def append(self, record: NewRecord) -> None:
        self._queue.append(record)

    def flush(self) -> None:
        self.flushing.set()
        assert self.gate.wait(10)
        group, self._queue = self._queue, []
        if self.failure is not None:
            raise self.failure
        self.groups.append(group)

    def close(self) -> None: ...


def record(number: int, size: int = 10) -> NewRecord:
    return NewRecord("seatrial.errors", b"shop:%d" % number, b"x" * size)


async def _until(happened: threading.Event) -> None:
    assert await asyncio.get_running_loop().run_in_executor(None, happened.wait, 10)


def test_requests_share_a_flush() -> None:
    """What arrives during a flush goes together into the next one, and nobody is answered before theirs."""

    async def scenario() -> GatedWriter:
        writer = GatedWriter()
        appender = Appender(writer)
        appender.start()
        first = asyncio.create_task(appender.append([record(0)]))
        await _until(writer.flushing)
        others = [asyncio.create_task(appender.append([record(number)])) for number in range(1, 6)]
        await asyncio.sleep(0)
        assert not first.done()
        assert not any(task.done() for task in others)
        writer.gate.set()
        await asyncio.gather(first, *others)
        await appender.stop()
        return writer

    writer = asyncio.run(scenario())
    assert [len(group) for group in writer.groups] == [1, 5]


def test_a_full_queue_refuses() -> None:
    """Beyond its share of the bound in bytes a project is refused at once, and room comes back after the flush."""

    async def scenario() -> None:
        writer = GatedWriter()
        appender = Appender(writer, most_bytes=8_000)
        appender.start()
        first = asyncio.create_task(appender.append([record(0, 3_000)]))
        await _until(writer.flushing)
        with pytest.raises(QueueFull):
            await appender.append([record(1, 3_000)])
        writer.gate.set()
        await first
        assert appender.queued_bytes == 0
        await appender.append([record(2, 3_000)])
        await appender.stop()

    asyncio.run(scenario())


@pytest.mark.parametrize("failure", [LogUnavailable("down"), RuntimeError("odd")])
def test_a_failed_flush_fails_its_requests_only(failure: Exception) -> None:
    """When a flush fails, those who waited hear of it; the next ones are tried again."""

    async def scenario() -> GatedWriter:
        writer = GatedWriter()
        writer.gate.set()
        appender = Appender(writer)
        appender.start()
        writer.failure = failure
        with pytest.raises(LogUnavailable):
            await appender.append([record(0)])
        writer.failure = None
        await appender.append([record(1)])
        await appender.stop()
        return writer

    writer = asyncio.run(scenario())
    assert [[r.key for r in group] for group in writer.groups] == [[b"shop:1"]]


def test_stopping_flushes_what_waits() -> None:
    """Records that wait when intake stops are still appended; later ones are refused."""

    async def scenario() -> GatedWriter:
        writer = GatedWriter()
        appender = Appender(writer)
        appender.start()
        waiting = [asyncio.create_task(appender.append([record(number)])) for number in range(3)]
        await asyncio.sleep(0)
        stopping = asyncio.create_task(appender.stop())
        writer.gate.set()
        await stopping
        await asyncio.gather(*waiting)
        with pytest.raises(LogUnavailable):
            await appender.append([record(9)])
        return writer

    assert sum(len(group) for group in asyncio.run(scenario()).groups) == 3


def test_a_request_that_went_away_harms_nobody() -> None:
    """A cancelled request does not disturb those that share its flush."""

    async def scenario() -> None:
        writer = GatedWriter()
        appender = Appender(writer)
        appender.start()
        gone = asyncio.create_task(appender.append([record(0)]))
        stays = asyncio.create_task(appender.append([record(1)]))
        await _until(writer.flushing)
        gone.cancel()
        writer.gate.set()
        await stays
        await appender.stop()

    asyncio.run(scenario())


def test_nothing_to_append_needs_no_flush() -> None:
    """A request without records is answered even before the start."""
    asyncio.run(Appender(GatedWriter()).append([]))
