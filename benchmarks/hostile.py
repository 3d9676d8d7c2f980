"""Measures what hostile requests cost others: their rate beside attacks, against their rate alone, and the memory.

Run: ``python -m benchmarks.hostile``; ``--each`` measures beside each attack by itself too, some minutes more. One
`seatrial serve api` on the embedded log. Others and attackers are a process each, and both send as fast as they are
answered: others the usual error over 32 connections, attackers everything in `tests.real.attacks` over 8, from
their own project. Medians of rounds, alone and beside in turn; by the clock, and by the server's own CPU-seconds, in
which nothing else that runs here counts.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from benchmarks.beside import beside
from benchmarks.intake import Kind, drive, requests, usual
from benchmarks.log import cpu_seconds
from tests.real.attacks import ATTACKS, Attack, Target, raw, send
from tests.real.installation import Created, Installation, wait_until
from tests.real.process import accepts

ATTACKERS = 8
ROUNDS = 5
REQUESTS = 1_500
"""Of others in a round: about two seconds alone."""
REQUESTS_EACH = 500
KIND = Kind("error of 2.4 KB", usual, REQUESTS)


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Of others. By the server's own seconds, what else runs on the machine does not count."""

    per_second: float
    per_cpu_second: float


def attack(target: Target, names: Sequence[str], begun: Event, done: Event) -> None:
    """The attacks over and over, each thread beginning with another one, until told to end."""
    attacks = [Attack(raw(ATTACKS[name].sent(target)), ATTACKS[name].statuses, {}) for name in names]

    def work(first: int) -> None:
        for one in cycle(attacks[first:] + attacks[:first]):
            if done.is_set():
                return
            send(target, one)

    threads = [threading.Thread(target=work, args=(n * len(attacks) // ATTACKERS,)) for n in range(ATTACKERS)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()


def rate(server: Server, made: Sequence[bytes], count: int) -> Rate:
    """Of others, requests that are answered."""
    wall, cpu = time.perf_counter(), cpu_seconds(server.pid)
    uvloop.run(drive(server.port, made, count))
    return Rate(count / (time.perf_counter() - wall), count / (cpu_seconds(server.pid) - cpu))


def target(serving: Installation, project: Created) -> Target:
    return Target(serving.settings.port, project.number, urlsplit(project.dsn).username or "")


def peak_mebibytes(pid: int) -> float:
    """The most memory that a process has ever used (Linux)."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
        serving = Installation(Path(folder), command=("serve", "api"))
        serving.run("migrate")
        made = requests(KIND, serving.create_project().dsn)
        attacker = target(serving, serving.create_project("attacker"))
        serving.start()
        try:
            wait_until(lambda: accepts(serving.settings.port), "intake listens")
            server = Server(serving.settings.port, serving.pid)
            rate(server, made, REQUESTS)
            before = peak_mebibytes(serving.pid)
            print(f"{'requests of others':42}{'a second':>10}{'beside':>9}{'':7}{'a CPU-s':>10}{'beside':>9}")
            measure(server, attacker, made, list(ATTACKS))
            for name in ATTACKS if "--each" in sys.argv else ():
                measure(server, attacker, made, [name])
            print(f"most memory of the server: {before:.0f} MiB before, {peak_mebibytes(serving.pid):.0f} MiB after")
        finally:
            serving.stop()


def measure(server: Server, attacker: Target, made: Sequence[bytes], names: Sequence[str]) -> None:
    """Print a line: alone and beside the attacks."""
    rounds, count = (ROUNDS, REQUESTS) if len(names) > 1 else (1, REQUESTS_EACH)
    alone, among = [], []
    for _ in range(rounds):
        alone.append(rate(server, made, count))
        with beside(attack, attacker, names):
            among.append(rate(server, made, count))
    line = f"{names[0] if len(names) == 1 else 'all in turn':42}"
    for of in (lambda one: one.per_second, lambda one: one.per_cpu_second):
        free, kept = statistics.median(map(of, alone)), statistics.median(map(of, among))
        line += f"{free:10,.0f}{kept:9,.0f}{kept / free:7.2f}"
    print(line)


if __name__ == "__main__":
    main()
