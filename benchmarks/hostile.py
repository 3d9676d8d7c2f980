"""Measures what hostile requests cost others: their rate beside attacks, against their rate alone, and the memory.

Run: ``python -m benchmarks.hostile``; ``--each`` measures beside each attack by itself too, some minutes more. One
`seatrial serve api` on the embedded log. Others and attackers are a process each, and both send as fast as they are
answered: others the usual error over 32 connections, attackers everything in `tests.real.attacks` over 8, from
their own project. Medians of rounds, alone and beside in turn.
"""

import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from benchmarks.intake import Kind, drive, requests, usual
from tests.real.attacks import ATTACKS, Attack, Target, raw, send
from tests.real.installation import Created, Installation, wait_until
from tests.real.process import accepts

ATTACKERS = 8
ROUNDS = 5
REQUESTS = 1_500
"""Of others in a round: about two seconds alone."""
REQUESTS_EACH = 500
KIND = Kind("error of 2.4 KB", usual, REQUESTS)


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


@contextmanager
def attacked(target: Target, names: Sequence[str]) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    begun, done = context.Event(), context.Event()
    process = context.Process(target=attack, args=(target, names, begun, done))
    process.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        process.join()


def rate(port: int, made: Sequence[bytes], count: int) -> float:
    """Of others, requests answered a second."""
    began = time.perf_counter()
    uvloop.run(drive(port, made, count))
    return count / (time.perf_counter() - began)


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
            rate(attacker.port, made, REQUESTS)
            before = peak_mebibytes(serving.pid)
            report("all attacks in turn", attacker, made, list(ATTACKS), REQUESTS)
            for name in ATTACKS if "--each" in sys.argv else ():
                report(name, attacker, made, [name], REQUESTS_EACH)
            print(f"most memory of the server: {before:.0f} MiB before, {peak_mebibytes(serving.pid):.0f} MiB after")
        finally:
            serving.stop()


def report(name: str, attacker: Target, made: Sequence[bytes], names: Sequence[str], count: int) -> None:
    alone, beside = [], []
    for _ in range(ROUNDS if len(names) > 1 else 1):
        alone.append(rate(attacker.port, made, count))
        with attacked(attacker, names):
            beside.append(rate(attacker.port, made, count))
    free, kept = statistics.median(alone), statistics.median(beside)
    print(f"{name:44} others {free:7,.0f} a second alone, {kept:7,.0f} beside it: {kept / free:.2f}")


if __name__ == "__main__":
    main()
