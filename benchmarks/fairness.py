"""Measures what one project's flood costs another: the other's rate beside it, against its rate alone.

Run: ``python -m benchmarks.fairness``. One `seatrial serve api` on the embedded log. The other sends the usual error
over 32 connections, as fast as it is answered; the flood comes from a process of its own over 64. Medians of rounds,
alone and beside in turn. Floods: events over a quota, garbage, bombs of gzip; and honest events, with which the other
shares half and half.
"""

import asyncio
import gzip
import statistics
import tempfile
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from pathlib import Path

import uvloop

from benchmarks.beside import beside
from benchmarks.hostile import Server, peak_mebibytes, rate, target
from benchmarks.intake import Kind, requests, usual
from models.clock import SystemClock
from models.store.queries import project_settings
from tests.real.attacks import BOMB, GOOD, Target, request
from tests.real.installation import Created, Installation, wait_until
from tests.real.process import LOOPBACK, accepts

ROUNDS = 3
REQUESTS = 1_500
CONNECTIONS = 64
QUOTA = "[quotas]\nerror = 60\n"
KIND = Kind("error of 2.4 KB", usual, REQUESTS)


def flood(port: int, made: Sequence[bytes], begun: Event, done: Event) -> None:
    """Each connection sends and reads its answer over and over; one that was closed is opened again."""

    async def connection(first: int) -> None:
        number = first
        while not done.is_set():
            try:
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
                while not done.is_set():
                    writer.write(made[number % len(made)])
                    head = await reader.readuntil(b"\r\n\r\n")
                    await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]))
                    number += 1
                writer.close()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.01)

    async def all_of_them() -> None:
        begun.set()
        await asyncio.gather(*(connection(first) for first in range(CONNECTIONS)))

    uvloop.run(all_of_them())


def floods(noisy: Created, limited: Created, at: Target) -> dict[str, Sequence[bytes]]:
    def hostile(body: bytes, **headers: str) -> list[bytes]:
        return [request(body, **headers)(at).replace(b"connection: close\r\n", b"")]

    return {
        "honest events": requests(KIND, noisy.dsn),
        "events over a quota": requests(KIND, limited.dsn),
        "garbage": hostile(b"{}\n{broken" + GOOD),
        "bombs": hostile(gzip.compress(BOMB), content_encoding="gzip"),
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
        serving = Installation(Path(folder), command=("serve", "api"))
        serving.run("migrate")
        quiet, noisy, limited = (serving.create_project(name) for name in ("quiet", "noisy", "limited"))
        engine = serving.engine()
        with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
            project_settings.apply(connection, limited.project, QUOTA, "benchmark", SystemClock().now())
        engine.dispose()
        serving.start()
        try:
            server = Server(serving.settings.port, serving.pid)
            wait_until(lambda: accepts(server.port), "intake listens")
            made = requests(KIND, quiet.dsn)
            rate(server, made, REQUESTS)
            for name, sent in floods(noisy, limited, target(serving, noisy)).items():
                report(name, server, made, sent)
            print(f"most memory of the server: {peak_mebibytes(serving.pid):.0f} MiB")
        finally:
            serving.stop()


def report(name: str, server: Server, made: Sequence[bytes], sent: Sequence[bytes]) -> None:
    alone, among = [], []
    for _ in range(ROUNDS):
        alone.append(rate(server, made, REQUESTS).per_second)
        with beside(flood, server.port, sent):
            among.append(rate(server, made, REQUESTS).per_second)
    free, kept = statistics.median(alone), statistics.median(among)
    print(f"beside a flood of {name:20} {kept:7,.0f} a second, alone {free:7,.0f}: {kept / free:.2f}", flush=True)


if __name__ == "__main__":
    main()
