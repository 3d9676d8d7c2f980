"""Feeds intake and the consumers with what nobody would send, for some minutes; ends at the first harm with its input.

Run: ``python -m scripts.fuzz --minutes 10``.
"""

import argparse
import time

from hypothesis import HealthCheck, seed, settings

from tests.fuzzing.cases import CASES, case

EXAMPLES = 1_000
"""Of one seed: then the time is looked at, and the next case has its turn."""
SHARES = {"envelope": 6}
"""Turns of a case in one round, where it is not one."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10.0)
    minutes = arguments.parse_args().minutes
    chosen = settings(
        max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    until, fed, number = time.monotonic() + 60 * minutes, 0, time.time_ns()
    while time.monotonic() < until:
        for name in CASES:
            for _ in range(SHARES.get(name, 1)):
                number += 1
                seed(number)(chosen(case(name)))()
                fed += EXAMPLES
    print(f"{fed:,} inputs in {minutes:g} minutes: nothing uncaught")


if __name__ == "__main__":
    main()
