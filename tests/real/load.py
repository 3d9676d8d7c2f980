"""Steady load on intake: sessions that are told of again and again, each time after the time before was answered."""

import asyncio
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2

from models.ports import Log, Partition
from models.wire.times import to_text
from models.wire.topics import SESSIONS
from tests.fakes.intake import envelope

AT_ONCE = 20
"""Sessions that go on at a time: each is told of ten times a second at 200 a second."""
UPDATES = 10
"""Of one session; ``errors`` counts them."""
READ_SECONDS = 60.0


@dataclass
class Load:
    """Sends to a DSN in a thread of its own, and keeps what it was answered."""

    dsn: str
    per_second: float
    answers: Counter[int] = field(default_factory=Counter)
    """By status; 0 where there was nobody to answer."""
    accepted: dict[str, list[int]] = field(default_factory=dict)
    """By session, the numbers of the updates that were answered 200, as they were sent."""
    slowest: float = 0.0
    """Seconds that an answer of 200 took."""

    def start(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns once all that was sent is answered."""
        self._stop.set()
        self._thread.join()

    async def _run(self) -> None:
        address = urlsplit(self.dsn)
        base = f"{address.scheme}://{address.hostname}:{address.port}"
        self._path = f"/api{address.path}/envelope/?sentry_key={address.username}"
        async with httpx2.AsyncClient(base_url=base, timeout=60) as client:
            await asyncio.gather(*(self._sessions(client, number) for number in range(AT_ONCE)))

    async def _sessions(self, client: httpx2.AsyncClient, number: int) -> None:
        pause = AT_ONCE / self.per_second
        due = time.monotonic() + pause * number / AT_ONCE
        while not self._stop.is_set():
            sid = uuid4().hex
            for update in range(1, UPDATES + 1):
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                due += pause
                await self._tell(client, sid, update)

    async def _tell(self, client: httpx2.AsyncClient, sid: str, update: int) -> None:
        started = to_text(1_000 * int(time.time()) - 1_000)
        told = {"sid": sid, "init": update == 1, "started": started, "status": "ok", "errors": update}
        body = envelope(("session", told | {"attrs": {"release": "shop@1.0"}}))
        began = time.monotonic()
        try:
            status = (await client.post(self._path, content=body)).status_code
        except httpx2.TransportError:
            status = 0
        self.answers[status] += 1
        if status == httpx2.codes.OK:
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.accepted.setdefault(sid, []).append(update)


@dataclass(frozen=True, slots=True)
class Compared:
    """What was answered 200 against what the log has."""

    lost: int
    disordered: int
    """Sessions whose updates stand in another order, each where it is there first."""
    doubled: int


def compare(load: Load, log: Log) -> Compared:
    found: dict[str, list[int]] = {}
    doubled = 0
    for sid, update in _updates(log):
        updates = found.setdefault(sid, [])
        if update in updates:
            doubled += 1
        else:
            updates.append(update)
    lost = disordered = 0
    for sid, accepted in load.accepted.items():
        there = [update for update in found.get(sid, []) if update in accepted]
        lost += len(accepted) - len(there)
        disordered += there != sorted(there)
    return Compared(lost, disordered, doubled)


def _updates(log: Log) -> list[tuple[str, int]]:
    """Every update in the log, partition by partition."""
    name = f"compare-{uuid4().hex}"
    reader = log.reader([SESSIONS], name, name, lambda owned: dict.fromkeys(owned, 0))
    found: list[dict[str, Any]] = []
    at_end: set[Partition] = set()
    deadline = time.monotonic() + READ_SECONDS
    try:
        while len(at_end) < log.admin().partitions(SESSIONS):
            assert time.monotonic() < deadline, "the log could not be read to its end"
            batch = reader.poll(1.0)
            found += [json.loads(record.value or b"")["session"] for record in batch.records]
            at_end |= batch.at_end
    finally:
        reader.close()
    return [(session["sid"], session["errors"]) for session in found]
