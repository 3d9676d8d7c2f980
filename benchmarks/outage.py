"""Stops the real Kafka for a minute under 200 requests a second, and counts what became of what was answered.

Run: ``python -m benchmarks.outage``; ``--seconds 10`` for a shorter one. One `seatrial serve api`; each session is told
of ten times, one time after another.
"""

import argparse
import tempfile
import time
from pathlib import Path

import httpx2

from models.clock import SystemClock
from models.log.address import open_log
from tests.real.installation import Installation, wait_until
from tests.real.kafka import RealKafka
from tests.real.load import Load, compare
from tests.real.process import accepts

PER_SECOND = 200.0
STORE_SECONDS = 300.0


def spooled(serving: Installation) -> int:
    return int(httpx2.get(f"{serving.address}/readyz", timeout=10).json()["spool"]["bytes"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    broker = RealKafka()
    broker.start()
    try:
        with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
            serving = Installation(Path(folder), f"kafka://{broker.bootstrap}", command=("serve", "api"))
            serving.run("migrate")
            load = Load(serving.create_project().dsn, PER_SECOND)
            serving.start()
            try:
                wait_until(lambda: accepts(serving.settings.port), "intake listens")
                measure(broker, serving, load, seconds)
            finally:
                serving.stop()
    finally:
        broker.close()


def measure(broker: RealKafka, serving: Installation, load: Load, seconds: float) -> None:
    load.start()
    time.sleep(3)
    broker.stop()
    down_at, answered = time.monotonic(), load.answers.total()
    time.sleep(seconds)
    down, answered, most = time.monotonic() - down_at, load.answers.total() - answered, spooled(serving)
    broker.start()
    back_at = time.monotonic()
    wait_until(lambda: spooled(serving) == 0, "the spool is empty", STORE_SECONDS)
    emptied = time.monotonic() - back_at
    time.sleep(3)
    load.stop()
    found = compare(load, open_log(serving.settings.log_address, SystemClock()))
    print(f"{broker.version} down for {down:.0f} s, {answered:,} answers meanwhile ({answered / down:.0f} a second)")
    told = ", ".join(f"{count:,} with {status}" for status, count in sorted(load.answers.items()))
    print(f"answered in all: {told}; the slowest 200 took {load.slowest:.2f} s")
    print(f"lost {found.lost}, sessions out of order {found.disordered}, twice in the log {found.doubled}")
    print(f"{most:,} bytes in the spool at the end of the outage, empty {emptied:.1f} s after the broker was back")


if __name__ == "__main__":
    main()
