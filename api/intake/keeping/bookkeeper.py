"""Brings the tally to the log: every second, and once more at the end."""

import asyncio
import contextlib

from api.intake.keeping.appender import Appender
from api.intake.keeping.tally import Tally
from models.ports import Clock, LogUnavailable, NewRecord

EVERY_SECONDS = 1.0
HOLDER = "/ledger"
"""Whose share its records use: no project's, lest one that has its share keeps the counts of all from being told."""


class Bookkeeper:
    """Keeps what the log did not take, with the same ids, and counts on: an outage doubles and loses nothing."""

    def __init__(self, tally: Tally, appender: Appender, clock: Clock) -> None:
        self._tally = tally
        self._appender = appender
        self._clock = clock
        self._pending: list[NewRecord] = []
        self._end = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        self._end.set()
        if self._task is not None:
            await self._task
        await self.book()  # what is left after a failed last try
        await self.book()

    async def book(self) -> None:
        """Append what there is to tell."""
        if not self._pending:
            self._pending = self._tally.take(self._clock.now())
        with contextlib.suppress(LogUnavailable):
            await self._appender.append(self._pending, HOLDER)
            self._pending = []

    async def _run(self) -> None:
        while not self._end.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._end.wait(), EVERY_SECONDS)
            await self.book()
