"""The decision benchmark: judges watch releases whose truth is known, minute by minute.

``python -m benchmarks.decisions [--quick] [--cells PATTERN] [--judges PATTERN] [--seed N] [--folder F]``; patterns are
those of a shell. What the folder has is not watched again: after a change of a judge or of the generator delete its
files, or name another folder. The tables at the end are of all seeds in the folder. The oracle watches whoever is asked
for, since delays are multiples of its own.
"""

import argparse
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks.decisions.cells import CELLS
from benchmarks.decisions.draw import draw
from benchmarks.decisions.judges import JUDGES, LIMITS, ORACLES
from benchmarks.decisions.running import Kept, Panel, run
from benchmarks.decisions.tables import report

RELEASES, QUICK_RELEASES = 200, 30
"""Of each cell and seed."""
FOLDER = Path(".cache/decisions")


def main() -> None:
    asked = _arguments()
    cells = [cell for cell in CELLS.values() if fnmatchcase(cell.name, asked.cells)]
    panel = Panel(
        [judge for judge in JUDGES if fnmatchcase(judge.name, asked.judges)],
        [judge for judge in LIMITS if fnmatchcase(judge.name, asked.judges)],
        [judge for judge in ORACLES if judge is ORACLES[0] or fnmatchcase(judge.name, asked.judges)],
    )
    kept = Kept(asked.folder, QUICK_RELEASES if asked.quick else RELEASES)
    run(cells, draw, panel, kept, seed=asked.seed)

    place = {cell.name: number for number, cell in enumerate(cells)}
    outcomes = sorted((one for one in kept.all() if one.cell in place), key=lambda one: place[one.cell])
    oracles = {(one.cell, one.seed): one for one in outcomes if one.judge == ORACLES[0].name}
    watched = {judge: [one for one in outcomes if one.judge == judge] for judge in panel.names()}
    sys.stdout.write(report(watched, oracles))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_RELEASES} releases a cell, not {RELEASES}")
    parser.add_argument("--cells", default="*", metavar="PATTERN", help="which, as 'bad-canary*'; all if not given")
    parser.add_argument("--judges", default="*", metavar="PATTERN", help="which; all if not given")
    parser.add_argument("--seed", type=int, default=1, help="another gives other releases of the same cells")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"of the results; {FOLDER} if not given")
    return parser.parse_args()


if __name__ == "__main__":
    main()
