"""The command line: `seatrial`."""

import sys


def main() -> None:
    """Parse, run, and leave with the exit code that ux.md, section 4 gives the result."""
    from seatrial.cli.application import run

    sys.exit(run(sys.argv[1:]))


__all__ = ["main"]
