"""Whose request is worked on next: the project's that has cost the least, so that a flood slows only itself.

The event loop does one thing at a time. In order of arrival, 60 connections of garbage would get 60 turns for one of
anybody else; by cost, every project that has work waiting gets as much of the processor as every other one.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, TypeVar

T = TypeVar("T")
REFUSED_COSTS = 4
"""What is refused counts so many times its time: beside one honest project, a flood of garbage gets a fifth."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    done: "asyncio.Future[Any]"


class Turns:
    """For one event loop. ``spent`` is the processor's time of this thread, in s."""

    def __init__(self, spent: Callable[[], float] = time.thread_time) -> None:
        self._spent = spent
        self._jobs: dict[str, deque[_Job]] = {}
        self._order: list[tuple[float, int, str]] = []
        """A heap of those with work: by what they have cost, then by who has waited longest."""
        self._cost: dict[str, float] = {}
        self._level = 0.0
        """The cost of whoever was served last: one that comes back is not paid for the time it was away."""
        self._arrivals = 0

    async def run(self, holder: str, work: Callable[[], T]) -> T:
        """What ``work`` gives, done in its turn on this loop; what it raises is raised, and counts as refused."""
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future())
        if not self._order:
            loop.call_soon(self._serve)
        if holder not in self._jobs:
            self._jobs[holder] = deque()
            self._cost[holder] = max(self._level, self._cost.get(holder, 0.0))
            self._queue(holder)
        self._jobs[holder].append(job)
        result: T = await job.done
        return result

    def _queue(self, holder: str) -> None:
        self._arrivals += 1
        heappush(self._order, (self._cost[holder], self._arrivals, holder))

    def _serve(self) -> None:
        """One turn; the loop sees to its sockets before the next."""
        self._level, _, holder = heappop(self._order)
        jobs = self._jobs[holder]
        self._cost[holder] += self._work(jobs.popleft())
        if jobs:
            self._queue(holder)
        else:
            del self._jobs[holder]
        if self._order:
            asyncio.get_running_loop().call_soon(self._serve)
        else:  # nobody waits: nobody was kept from anything
            self._cost.clear()
            self._level = 0.0

    def _work(self, job: _Job) -> float:
        """Do it, and what it cost."""
        if job.done.done():
            return 0.0
        began, weight = self._spent(), 1
        try:
            job.done.set_result(job.work())
        except Exception as error:  # noqa: BLE001 - whoever asked for it gets it
            weight = REFUSED_COSTS
            job.done.set_exception(error)
        return (self._spent() - began) * weight
