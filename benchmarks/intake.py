"""Measures intake: requests per CPU-second of the server, on the embedded log and on Kafka side by side.

Run: ``python -m benchmarks.intake``. Takes about a minute. Only the process of `seatrial serve api` is counted, all its
threads, with its client of the log; what drives it is another process, and the broker's own use is printed beside it.
Each request is answered after the log has it. Keep-alive connections; median of five rounds, logs and bodies in turn.
"""

import asyncio
import gzip
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvloop

from benchmarks.digest import event
from benchmarks.log import cpu_seconds
from tests.real.installation import Installation, wait_until
from tests.real.kafka import RealKafka, open_kafka
from tests.real.process import LOOPBACK, Missing, accepts

ROUNDS = 5
CONNECTIONS = 32
WARM_UP = 300
"""Requests before the first round: imports, caches and the log's first segment are not what is measured."""
BODIES = 100
"""Of each kind, none alike; sent in turn."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    make: Callable[[random.Random, int], bytes]
    requests: int
    """In a round: 0.3 to 0.8 CPU-seconds, of which the system counts hundredths."""
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    serving: Installation
    requests: dict[str, list[bytes]]
    """By kind, as they go over the wire."""


@dataclass(frozen=True, slots=True)
class Round:
    per_cpu_second: float
    per_second: float


def large(chance: random.Random, number: int) -> bytes:
    """An error with 14 frames, their source and variables, and 25 breadcrumbs."""
    return envelope("event", msgspec.json.decode(event(chance, number))["event"])


def usual(chance: random.Random, number: int) -> bytes:
    """An error as most are: two frames and three breadcrumbs."""
    told = msgspec.json.decode(event(chance, number))["event"]
    stack = told["exception"]["values"][0]["stacktrace"]
    stack["frames"] = stack["frames"][:2]
    told["breadcrumbs"]["values"] = told["breadcrumbs"]["values"][:3]
    return envelope("event", told)


def session(chance: random.Random, number: int) -> bytes:
    told = {
        "sid": f"{chance.getrandbits(128):032x}",
        "did": f"device-{number}",
        "init": True,
        "started": "2026-08-29T12:00:00.000Z",
        "timestamp": "2026-08-29T12:00:00.000Z",
        "status": "ok",
        "errors": 0,
        "attrs": {"release": "shop@1.4.2", "environment": "production", "user_agent": f"Shop/{chance.getrandbits(64)}"},
    }
    return envelope("session", told)


def envelope(kind: str, value: Any) -> bytes:
    payload = msgspec.json.encode(value)
    header = {"sent_at": "2026-08-29T12:00:00.000Z", "sdk": {"name": "sentry.python", "version": "2.75.0"}}
    parts = (header, {"type": kind, "length": len(payload)})
    return b"\n".join([*(msgspec.json.encode(part) for part in parts), payload])


KINDS = [
    Kind("error of 2.4 KB", usual, 1_200),
    Kind("error of 2.4 KB, gzip", usual, 1_200, packed=True),
    Kind("error of 13 KB", large, 600),
    Kind("error of 13 KB, gzip", large, 600, packed=True),
    Kind("session of 400 bytes", session, 2_000),
    Kind("session of 400 bytes, gzip", session, 2_000, packed=True),
]


def requests(kind: Kind, dsn: str) -> list[bytes]:
    """Whole HTTP requests, as an SDK sends them to a project's DSN."""
    chance, address = random.Random(kind.name), urlsplit(dsn)
    made = []
    for number in range(BODIES):
        plain = kind.make(chance, number)
        body = gzip.compress(plain, 6) if kind.packed else plain
        lines = [
            f"POST /api{address.path}/envelope/ HTTP/1.1",
            f"Host: {address.hostname}",
            f"X-Sentry-Auth: Sentry sentry_key={address.username}, sentry_version=7",
            "Content-Type: application/x-sentry-envelope",
            *(["Content-Encoding: gzip"] if kind.packed else []),
            f"Content-Length: {len(body)}",
        ]
        made.append("\r\n".join([*lines, "", ""]).encode() + body)
    return made


async def drive(port: int, all_requests: Sequence[bytes], count: int) -> None:
    """Send ``count`` of the requests over `CONNECTIONS` connections, each waiting for its answer."""
    left = islice(cycle(all_requests), count)
    await asyncio.gather(*(_connection(port, left) for _ in range(CONNECTIONS)))


async def _connection(port: int, left: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    for request in left:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        answer = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200"):
            message = f"intake answered {head.decode()}{answer.decode()}"
            raise RuntimeError(message)
    writer.close()


def measure(tier: Tier, kind: Kind) -> Round:
    port, pid = tier.serving.settings.port, tier.serving.pid
    wall, cpu = time.perf_counter(), cpu_seconds(pid)
    uvloop.run(drive(port, tier.requests[kind.name], kind.requests))
    return Round(kind.requests / (cpu_seconds(pid) - cpu), kind.requests / (time.perf_counter() - wall))


@contextmanager
def serving(name: str, folder: Path, log: str = "") -> Iterator[Tier]:
    """The API alone, as a process of its own: topics made, one project, warm."""
    folder.mkdir()
    installation = Installation(folder, log, command=("serve", "api"))
    installation.run("migrate")
    dsn = installation.create_project().dsn
    installation.start()
    try:
        wait_until(lambda: accepts(installation.settings.port), "intake listens")
        tier = Tier(name, installation, {kind.name: requests(kind, dsn) for kind in KINDS})
        for kind in KINDS:
            uvloop.run(drive(installation.settings.port, tier.requests[kind.name], WARM_UP))
        yield tier
    finally:
        installation.stop()


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seatrial-bench-")))
        tiers = [stack.enter_context(serving("SQLite", folder / "sqlite"))]
        broker = None
        try:
            broker = stack.enter_context(closing(open_kafka()))
            log = f"kafka://{broker.bootstrap}"
            tiers.append(stack.enter_context(serving(broker.version, folder / "kafka", log)))
        except Missing as missing:
            print(missing)
        rounds = [[[measure(tier, kind) for tier in tiers] for kind in KINDS] for _ in range(ROUNDS)]
        report(tiers, rounds)
        if isinstance(broker, RealKafka):
            print(f"the broker itself used {cpu_seconds(broker.pid):.0f} CPU-seconds, its start included")


def report(tiers: list[Tier], rounds: list[list[list[Round]]]) -> None:
    print(f"intake over {CONNECTIONS} keep-alive connections, median of {ROUNDS} rounds; CPU of `seatrial serve api`")
    print(f"{'':42}" + "".join(f"{tier.name:>36}" for tier in tiers))
    print(f"{'':28}{'bytes sent':>14}" + f"{'per CPU-second':>22}{'per second':>14}" * len(tiers))
    for kind, of_rounds in zip(KINDS, zip(*rounds, strict=True), strict=True):
        size = statistics.mean(len(request.partition(b"\r\n\r\n")[2]) for request in tiers[0].requests[kind.name])
        line = f"{kind.name:28}{size:>14,.0f}"
        for figures in zip(*of_rounds, strict=True):
            cpu = statistics.median(one.per_cpu_second for one in figures)
            wall = statistics.median(one.per_second for one in figures)
            line += f"{cpu:>22,.0f}{wall:>14,.0f}"
        print(line)


if __name__ == "__main__":
    main()
