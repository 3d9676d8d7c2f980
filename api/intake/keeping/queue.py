"""What waits for the log in memory: bounded in bytes, shared among projects, taken in groups."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.intake.fairness.shares import Shares
from api.intake.limits import MAX_QUEUE_BYTES
from models.ports import LogUnavailable, NewRecord

OVERHEAD_BYTES = 512
"""What a queued record costs beside its value: key, headers, objects."""
GROUP_RECORDS = 5_000
GROUP_BYTES = 8 * 1024 * 1024
"""The most in one flush, so that its time stays bounded; a request is never divided."""


class QueueFull(LogUnavailable):
    """More waits for the log than intake keeps in memory. Retry later; check why the log is slow."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """One request's records. ``done`` is set once they are durable, or with why they are not."""

    records: tuple[NewRecord, ...]
    holder: str
    size: int
    done: "asyncio.Future[None]"


class Queue:
    """For one event loop."""

    def __init__(self, most_bytes: int = MAX_QUEUE_BYTES) -> None:
        self._shares = Shares(most_bytes)
        self._waiting: list[Waiting] = []
        self._unsettled: set[Waiting] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def size(self) -> int:
        """Bytes of all that is not settled yet."""
        return self._shares.used

    def add(self, records: Sequence[NewRecord], holder: str | None = None) -> "asyncio.Future[None]":
        """Queue records of ``holder``: the project that their keys name; raises `QueueFull` where it has its share.

        What is given back is set once they are durable, or with why they are not.
        """
        if holder is None:
            holder = (records[0].key or b"").partition(b":")[0].decode("utf-8", "replace")
        size = sum(len(record.value or b"") + OVERHEAD_BYTES for record in records)
        if not self._shares.take(holder, size):
            message = "too much waits for the log: retry in a moment, and check why the log is slow"
            raise QueueFull(message)
        waiting = Waiting(tuple(records), holder, size, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._unsettled.add(waiting)
        return waiting.done

    def next_group(self) -> list[Waiting]:
        """Those who have waited longest, as many as one flush holds."""
        count = size = taken = 0
        while taken < len(self._waiting) and count < GROUP_RECORDS and size < GROUP_BYTES:
            count += len(self._waiting[taken].records)
            size += self._waiting[taken].size
            taken += 1
        group, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return group

    def settle(self, group: Iterable[Waiting], failure: LogUnavailable | None = None) -> None:
        """Answer them: their records are durable, or ``failure`` says why not."""
        for waiting in group:
            self._unsettled.remove(waiting)
            self._shares.give_back(waiting.holder, waiting.size)
            if waiting.done.done():  # its request was cancelled
                continue
            if failure is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(type(failure)(*failure.args))  # one each: errors collect who raised them

    def give_up(self, failure: LogUnavailable) -> None:
        """Answer all that are not answered, those in a group too."""
        self._waiting = []
        self.settle(list(self._unsettled), failure)


def records_of(group: Iterable[Waiting]) -> list[NewRecord]:
    return [record for one in group for record in one.records]
