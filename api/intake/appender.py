"""Group commit: many requests share one flush of the log; each is answered after the flush that held its records."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from api.intake.limits import MAX_QUEUE_BYTES
from models.ports import LogUnavailable, LogWriter, NewRecord

OVERHEAD_BYTES = 512
"""What a queued record costs beside its value: key, headers, objects."""
GROUP_RECORDS = 5_000
"""The most in one flush, so that its time stays bounded."""
FAILING_SECONDS = 10.0
"""How long a failed flush is held against the log: then requests may come again, to find out."""


class QueueFull(LogUnavailable):
    """More waits for the log than intake keeps in memory. Retry later; check why the log is slow."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    records: tuple[NewRecord, ...]
    size: int
    done: "asyncio.Future[None]"


class Appender:
    """Appends to a log from one event loop. `start` it there, and `stop` it before the loop ends."""

    def __init__(self, writer: LogWriter, most_bytes: int = MAX_QUEUE_BYTES) -> None:
        self._writer = writer
        self._most_bytes = most_bytes
        self._waiting: list[_Waiting] = []
        self._size = 0
        self._wake = asyncio.Event()
        self._stopping = False
        self._failure: tuple[float, LogUnavailable] | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "intake-log")

    @property
    def queued_bytes(self) -> int:
        return self._size

    @property
    def failure(self) -> LogUnavailable | None:
        """Why the last flush failed, if that was a moment ago."""
        if self._failure is None or asyncio.get_running_loop().time() - self._failure[0] > FAILING_SECONDS:
            return None
        return self._failure[1]

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Flush what waits, then end. The writer stays open: whoever opened it closes it."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        self._thread.shutdown()

    async def append(self, records: Sequence[NewRecord]) -> None:
        """Return once all of ``records`` are durable. Raises `LogUnavailable`, then none of them may be counted on."""
        if not records:
            return
        if self._task is None or self._stopping:
            message = "intake is not running: start it, or send to another instance"
            raise LogUnavailable(message)
        size = sum(len(record.value or b"") + OVERHEAD_BYTES for record in records)
        if self._size + size > self._most_bytes:
            message = "too much waits for the log: retry in a moment, and check why the log is slow"
            raise QueueFull(message)
        waiting = _Waiting(tuple(records), size, asyncio.get_running_loop().create_future())
        self._size += size
        self._waiting.append(waiting)
        self._wake.set()
        await waiting.done

    async def _run(self) -> None:
        while self._waiting or not self._stopping:
            self._wake.clear()
            if not self._waiting:
                await self._wake.wait()
                continue
            await self._commit(self._next_group())

    def _next_group(self) -> list[_Waiting]:
        count = taken = 0
        while taken < len(self._waiting) and count < GROUP_RECORDS:
            count += len(self._waiting[taken].records)
            taken += 1
        group, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return group

    async def _commit(self, group: list[_Waiting]) -> None:
        failure: LogUnavailable | None = None
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._write, group)
        except LogUnavailable as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - those who wait must hear of it, and the next group be tried
            failure = LogUnavailable(f"the log did not take the records: {error}")
        self._failure = (asyncio.get_running_loop().time(), failure) if failure else None
        for waiting in group:
            self._size -= waiting.size
            if waiting.done.cancelled():
                continue
            if failure is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(failure)

    def _write(self, group: list[_Waiting]) -> None:
        for waiting in group:
            for record in waiting.records:
                self._writer.append(record)
        self._writer.flush()
