"""Whose request is worked on next: the project's that has cost the least, so that a flood slows only itself.

The event loop does one thing at a time. In order of arrival, 60 connections of one project would get 60 turns for one
of anybody else; by cost, every project that has work waiting gets as much of the loop as every other one. And after
what was refused a project rests, even while nobody else waits: others may come any moment, or wait for the log.
"""

import asyncio
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, TypeVar

T = TypeVar("T")
REST = 3
"""For so many times as long as the refused took: a flood of garbage gets a quarter of the loop at most."""
TURN_SECONDS = 0.002
"""Ten usual errors: looking at the sockets after each would cost more than the errors, and flush each alone."""
OVERHEAD_SECONDS = 0.0005
"""What a request costs beside its turn: the usual error takes 0.7 ms of the processor, and 0.2 of them in its turn."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    is_refusal: Callable[[Any], bool]
    done: "asyncio.Future[Any]"

    def do(self) -> bool:
        """Do it, and whether it was refused."""
        if self.done.done():  # its request was cancelled
            return False
        result, error = _tried(self.work)
        if error is not None:
            self.done.set_exception(error)
            return True
        self.done.set_result(result)
        return self.is_refusal(result)


class Turns:
    """For one event loop. ``spent`` is a clock in s: that of the wall, since that is what others wait for."""

    def __init__(self, spent: Callable[[], float] = time.perf_counter) -> None:
        self._spent = spent
        self._jobs: dict[str, deque[_Job]] = {}
        """Of those who wait or rest."""
        self._order: list[tuple[float, int, str]] = []
        """A heap of those who wait: by what they have cost, then by who has waited longest."""
        self._cost: dict[str, float] = {}
        self._level = 0.0
        """The cost of whoever was served last: one that comes back is not paid for the time it was away."""
        self._arrivals = 0
        self._is_called = False
        """Whether the loop will serve, or does."""

    async def run(self, holder: str, work: Callable[[], T], is_refusal: Callable[[T], bool] = lambda _: False) -> T:
        """What ``work`` gives, done in its turn on this loop. What it raises is raised, and is a refusal too."""
        # Nothing here names the future: an error that holds this frame would hold itself, and its bodies, until a gc.
        result: T = await self._add(holder, work, is_refusal)
        return result

    def _add(self, holder: str, work: Callable[[], T], is_refusal: Callable[[T], bool]) -> "asyncio.Future[T]":
        job = _Job(work, is_refusal, asyncio.get_running_loop().create_future())
        if holder in self._jobs:
            self._jobs[holder].append(job)
        else:
            self._jobs[holder] = deque([job])
            self._queue(holder)
        return job.done

    def _queue(self, holder: str) -> None:
        if not self._is_called:
            self._is_called = True
            asyncio.get_running_loop().call_soon(self._serve)
        self._arrivals += 1
        self._cost[holder] = max(self._level, self._cost.get(holder, 0.0))
        heappush(self._order, (self._cost[holder], self._arrivals, holder))

    def _serve(self) -> None:
        """Turns for `TURN_SECONDS`; then the loop sees to its sockets before the next."""
        until = self._spent() + TURN_SECONDS
        while self._order and self._turn() < until:
            pass
        self._is_called = bool(self._order)
        if self._is_called:
            asyncio.get_running_loop().call_soon(self._serve)

    def _turn(self) -> float:
        """One turn; when it ended."""
        self._level, _, holder = heappop(self._order)
        began = self._spent()
        refused = self._jobs[holder].popleft().do()
        ended = self._spent()
        took = ended - began + OVERHEAD_SECONDS
        self._cost[holder] += took
        if refused:
            asyncio.get_running_loop().call_later(took * REST, self._go_on, holder)
        else:
            self._go_on(holder)
        return ended

    def _go_on(self, holder: str) -> None:
        if self._jobs[holder]:
            self._queue(holder)
            return
        del self._jobs[holder]
        if not self._jobs:  # nobody waits: nobody was kept from anything
            self._cost.clear()
            self._level = 0.0


def _tried(work: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """What it gives or raises. What it had in hand is let go at once: for a bomb, 20 MiB."""
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001 - whoever asked for it gets it
        traceback.clear_frames(error.__traceback__)
        return None, error
