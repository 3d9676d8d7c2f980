"""Group commit: many requests share one flush of the log; each is answered after the flush that held its records.

While the log does not take records, the spool on disk does, and they are shipped from there in their order. Nothing
overtakes: as long as anything lies in the spool, what is new goes behind it. A flush whose outcome is unknown is done
again, so the log may have a record twice; consumers know it by its id.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from api.intake.keeping.queue import Queue, Waiting, records_of
from api.intake.keeping.spool import Segment, Spool, SpoolFull
from api.intake.limits import MAX_QUEUE_BYTES
from models.ports import LogUnavailable, LogWriter, NewRecord

log = structlog.get_logger()
T = TypeVar("T")

FAILING_SECONDS = 10.0
"""How long a failed flush is held against a log without a spool: then requests may come again, to find out."""
PATIENCE_SECONDS = 2.0
"""How long a request waits for the log before it is spooled: a flush takes milliseconds, on a busy disk a second."""
RETRY_SECONDS = (0.5, 1.0, 2.0)
"""Pauses between attempts to ship from the spool. The log's client waits by itself, too."""
ADOPT_SECONDS = 10.0
"""How often a process looks whether another one died and left a spool."""
FULL = "the log is down, and its spool on disk is full: retry later, and bring the log back"


@dataclass(slots=True)
class _Flight:
    """A flush in the log's thread: of those who wait, or of a segment from the spool."""

    flush: "asyncio.Future[None]"
    began: float
    group: list[Waiting] = field(default_factory=list)
    segment: Segment | None = None


class Appender:
    """Appends to a log from one event loop. `start` it there, and `stop` it before the loop ends."""

    def __init__(
        self,
        writer: LogWriter,
        most_bytes: int = MAX_QUEUE_BYTES,
        spool: Spool | None = None,
        patience: float = PATIENCE_SECONDS,
        retries: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        self.spool = spool
        self._writer = writer
        self._patience = patience
        self._retries = retries
        self._queue = Queue(most_bytes)
        self._flight: _Flight | None = None
        self._wake = asyncio.Event()
        self._stopping = False
        self._failure: tuple[float, LogUnavailable] | None = None
        self._failures = 0
        self._refused = False
        self._retry_at = 0.0
        self._adopt_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._log_thread = ThreadPoolExecutor(1, "intake-log")
        self._spool_thread = ThreadPoolExecutor(1, "intake-spool")

    @property
    def queued_bytes(self) -> int:
        return self._queue.size

    @property
    def failure(self) -> LogUnavailable | None:
        """Why the last flush failed; without a spool, if that was a moment ago."""
        if self._failure is None or (self.spool is None and self._now() - self._failure[0] > FAILING_SECONDS):
            return None
        return self._failure[1]

    @property
    def ended(self) -> bool:
        """Whether it takes nothing any more, although nobody stopped it."""
        return self._task is not None and self._task.done() and not self._stopping

    @property
    def spooling(self) -> bool:
        """Whether it takes records although the log is down, as far as the last try showed."""
        return self.spool is not None and not self._refused

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Flush or spool what waits, then end. The writer stays open: whoever opened it closes it."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await asyncio.wait([self._task])
        self._log_thread.shutdown(wait=self._flight is None)  # a flush that hangs is spooled, and may be left
        self._spool_thread.shutdown()
        if self.spool is not None:
            self.spool.close()

    async def append(self, records: Sequence[NewRecord], holder: str | None = None) -> None:
        """Return once all of ``records`` are durable in the log or its spool.

        They use the share of ``holder``; without one they are of one project, and use its share. Raises
        `LogUnavailable`, then none of them may be counted on.
        """
        if not records:
            return
        if self._task is None or self._task.done() or self._stopping:
            message = "intake is not running: start it, or send to another instance"
            raise LogUnavailable(message)
        self._wake.set()
        await self._queue.add(records, holder)

    async def _run(self) -> None:
        try:
            while self._queue or self._is_awaited() or not self._stopping:
                await self._pause()
                self._wake.clear()
                await self._go_on()
        finally:
            self._queue.give_up(LogUnavailable("intake has stopped appending: send to another instance"))

    async def _go_on(self) -> None:
        """One round. What goes wrong in a way that nobody thought of costs those who wait, and not those who come."""
        try:
            await self._land()
            await self._take_off()
            await self._divert()
        except Exception as error:
            log.exception("appender.failed")
            failure = LogUnavailable(f"the records could not be appended ({error}): retry, and look at the api's logs")
            self._note(failure)
            if self._flight is not None:
                self._flight.group = []
            self._queue.give_up(failure)

    def _is_awaited(self) -> bool:
        return self._flight is not None and not self._is_late(self._flight)

    def _is_late(self, flight: _Flight) -> bool:
        return self.spool is not None and self._now() >= flight.began + self._patience

    async def _pause(self) -> None:
        """Until there is more to append, a flush came back, or the clock asks for something."""
        due = []
        if self.spool is not None:
            due.append(self._adopt_at)
            if self._flight is None and self.spool.count and not self._stopping:
                due.append(self._retry_at)
            if self._flight is not None and not self._is_late(self._flight):
                due.append(self._flight.began + self._patience)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(min(due, default=None)):
                await self._wake.wait()

    # The log ----------------------------------------------------------------------------------------------------------

    async def _take_off(self) -> None:
        """Start the next flush: of the spool's first segment, else of those who wait."""
        if self._flight is not None:
            return
        if self.spool is not None and self.spool.count:
            if self._now() >= self._retry_at and not self._stopping:
                await self._ship(self.spool)
        elif self._queue:
            group = self._queue.next_group()
            self._flight = self._fly(records_of(group), group)

    def _fly(
        self, records: Sequence[NewRecord], group: Sequence[Waiting] = (), segment: Segment | None = None
    ) -> _Flight:
        flush = asyncio.get_running_loop().run_in_executor(self._log_thread, self._write, records)
        flush.add_done_callback(lambda _: self._wake.set())
        return _Flight(flush, self._now(), list(group), segment)

    def _write(self, records: Iterable[NewRecord]) -> None:
        for record in records:
            self._writer.append(record)
        self._writer.flush()

    async def _land(self) -> None:
        """See to the flush that came back: its requests are answered, or spooled; its segment is removed, or stays."""
        flight = self._flight
        if flight is None or not flight.flush.done():
            return
        self._flight = None
        failure = _failure_of(flight.flush)
        self._note(failure)
        if flight.segment is not None and self.spool is not None:
            await self._shipped(self.spool, flight.segment, failure)
        if failure is None or self.spool is None:
            self._queue.settle(flight.group, failure)
        else:
            await self._put(self.spool, flight.group, tried=True)

    def _note(self, failure: LogUnavailable | None) -> None:
        """Keep why the log fails, and when to try again."""
        now = self._now()
        if failure is None:
            if self._failure is not None:
                log.info("log.back", spooled_bytes=self.spool.size if self.spool else 0)
            self._failure, self._failures = None, 0
            return
        if self._failure is None:
            log.warning("log.down", error=str(failure), spooling=self.spool is not None)
        self._retry_at = now + self._retries[min(self._failures, len(self._retries) - 1)]
        self._failure, self._failures = (now, failure), self._failures + 1

    # The spool --------------------------------------------------------------------------------------------------------

    async def _ship(self, spool: Spool) -> None:
        try:
            segment, records = await self._on_disk(spool.first)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and tried again
            self._note(LogUnavailable(f"the spool cannot be read ({error}): check the disk of SEATRIAL_SPOOL"))
        else:
            self._flight = self._fly(records, segment=segment)

    async def _shipped(self, spool: Spool, segment: Segment, failure: LogUnavailable | None) -> None:
        segment.tried = True
        if failure is None:
            await self._on_disk(lambda: spool.remove(segment))

    async def _divert(self) -> None:
        """Spool what must wait no longer, in its order: first those whose flush does not come back."""
        spool, flight = self.spool, self._flight
        if spool is None:
            return
        if self._now() >= self._adopt_at:
            self._adopt_at = self._now() + ADOPT_SECONDS
            await self._on_disk(spool.adopt)
        late = flight is not None and self._is_late(flight)
        if flight is not None and flight.group:
            if not late:
                return  # whoever came after them waits, lest they be overtaken
            group, flight.group = flight.group, []
            await self._put(spool, group, tried=True)
        shipping = flight is not None and flight.segment is not None
        while self._queue and (late or self._failure or spool.count > shipping):
            await self._put(spool, self._queue.next_group(), tried=False)

    async def _put(self, spool: Spool, group: Sequence[Waiting], *, tried: bool) -> None:
        """Those for whom there is room are answered once they are on disk, the others at once."""
        fits: list[Waiting] = []
        for one in group:
            if spool.reserve(one.holder, one.size):
                fits.append(one)
            else:
                self._queue.settle([one], SpoolFull(FULL))
        if not fits:
            self._refused |= not any(spool.has_room(one.size) for one in group)
            return
        sizes = Counter[str]()
        for one in fits:
            sizes[one.holder] += one.size
        failure = None
        try:
            await self._on_disk(lambda: spool.put(records_of(fits), sizes, tried=tried))
        except LogUnavailable as error:
            failure = error
        self._refused = failure is not None
        self._queue.settle(fits, failure)

    async def _on_disk(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._spool_thread, work)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _failure_of(flush: "asyncio.Future[None]") -> LogUnavailable | None:
    error = flush.exception()
    if error is None or isinstance(error, LogUnavailable):
        return error
    return LogUnavailable(f"the log did not take the records: {error}")
