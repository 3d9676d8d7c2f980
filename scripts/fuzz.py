"""Feeds intake and the consumers with what nobody would send, for some minutes; ends at the first harm with its input.

Run: ``python -m scripts.fuzz --minutes 10``.
"""

import argparse
import time
from itertools import cycle

from hypothesis import HealthCheck, seed, settings

from tests.fuzzing.cases import CASES, case

EXAMPLES = 500
"""Of one seed: then the time is looked at, and the next case has its turn."""
TURNS = ("envelope", "envelope", *CASES)
"""Most of it are envelopes: behind them is most of the code."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10.0)
    minutes = arguments.parse_args().minutes
    chosen = settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    until, fed, number = time.monotonic() + 60 * minutes, 0, time.time_ns()
    for name in cycle(TURNS):
        if time.monotonic() > until:
            break
        number += 1
        seed(number)(chosen(case(name)))()
        fed += EXAMPLES
    print(f"{fed:,} inputs in {minutes:g} minutes, {time.process_time():.0f} s of processor: nothing uncaught")


if __name__ == "__main__":
    main()
