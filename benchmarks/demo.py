"""The demo again and again with other seeds: with its bug it must end in a rollback, without it in none.

``python -m benchmarks.demo [RUNS]`` prints each run and, at the end, how many were as they must be. Ten of each take
half an hour.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from typing import Any

RUNS = 10
LIMIT_SECONDS = 60.0
"""From the first user hurt to the traffic switched back."""


def run(seed: int, *, bug: bool, folder: str) -> dict[str, Any]:
    """One demo; what it says of itself."""
    command = [sys.executable, "-m", "seatrial", "demo", "--json", "--seed", str(seed), "--data", folder]
    command += ["--fast-history", "0.3", "--listen", "127.0.0.1:0", "--bug" if bug else "--no-bug"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    lines = done.stdout.splitlines()
    if not lines:
        sys.stderr.write(done.stderr)
        return {"seed": seed, "bug": bug, "rolled_back": None, "seconds_from_first_hurt": None}
    told: dict[str, Any] = json.loads(lines[-1])
    return told


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    delays, good = [], 0
    with tempfile.TemporaryDirectory(prefix="seatrial-demo-") as folder:
        for bug in (True, False):
            for seed in range(1, runs + 1):
                told = run(seed, bug=bug, folder=folder)
                sys.stdout.write(json.dumps(told) + "\n")
                sys.stdout.flush()
                delay = told["seconds_from_first_hurt"]
                in_time = delay is not None and delay <= LIMIT_SECONDS
                good += told["rolled_back"] is bug and (in_time or not bug)
                if bug and delay is not None:
                    delays.append(delay)
    sys.stdout.write(f"{good} of {2 * runs} as they must be")
    if delays:
        sys.stdout.write(
            f"; rolled back {statistics.median(delays)} s after the first user was hurt (median), {max(delays)} at most"
        )
    sys.stdout.write("\n")
    sys.exit(0 if good == 2 * runs else 1)


if __name__ == "__main__":
    main()
