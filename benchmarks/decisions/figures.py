"""What the benchmark says of a judge, from the outcomes of its releases (decision-engine.md, 3).

How releases are counted:

- A healthy release is rolled back falsely whenever it is rolled back, in its whole watch, looked at every minute.
- A bad release is found if it is rolled back at or after its onset. Rolled back before, it is not found, for it was
  not the fault that was seen; nor is it a false rollback, for it is not among the healthy ones.
- Minutes run from the onset to the end of the minute of the verdict, so that the quickest is 1. Minutes and users hurt
  are compared with the oracle's on the same release, over the releases that the oracle finds: half of those are found
  at most so many times as late. One that the judge does not find counts with the whole rest of its watch, and all whom
  the fault hurt in it. What the oracle misses holds too little information, and only enters what share is found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from scipy import stats

from benchmarks.decisions.outcomes import LEVELS, Outcomes
from benchmarks.decisions.streams import Flags, Shares

Oracles = Mapping[tuple[str, int], Outcomes]
"""The oracle's outcomes by cell and seed."""


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """Not a number if there were none."""
        return self.count / self.of if self.of else float("nan")

    @property
    def bounds(self) -> tuple[float, float]:
        """Clopper-Pearson, 95 %; (0, 1) if there were none."""
        if not self.of:
            return 0.0, 1.0
        interval = stats.binomtest(self.count, self.of).proportion_ci(0.95, method="exact")
        return float(interval.low), float(interval.high)


@dataclass(frozen=True, slots=True)
class Figures:
    false: Part
    """Healthy releases that were rolled back."""
    found: Part
    """Bad releases that were rolled back once they hurt."""
    minutes: float | None
    """The median until the verdict, of bad releases that the oracle finds; None if there are none."""
    delay: float | None
    """The median of its minutes as a multiple of the oracle's."""
    hurt: float | None
    """The median of the users hurt until the verdict as a multiple of those until the oracle's."""
    blamed: Part
    """Releases with an incident, before any fault of theirs, that were rolled back for it."""


def figures(watched: Sequence[Outcomes], oracles: Oracles) -> Figures:
    """Of one judge, over the cells and seeds that it watched."""
    minutes, delay, hurt = _compared(watched, oracles)
    return Figures(
        false_rollbacks(watched),
        Part(sum(int(_found(one).sum()) for one in watched), sum(sum(one.bad) for one in watched)),
        _median(minutes),
        _median(delay),
        _median(hurt),
        Part(sum(sum(one.blamed) for one in watched), sum(sum(one.in_incident) for one in watched)),
    )


def false_rollbacks(watched: Sequence[Outcomes]) -> Part:
    healthy = [~np.asarray(one.bad) for one in watched]
    fell = [np.asarray(one.rolled_back) < one.minutes for one in watched]
    return Part(
        sum(int((of & down).sum()) for of, down in zip(healthy, fell, strict=True)),
        sum(int(of.sum()) for of in healthy),
    )


def worst_cell(watched: Sequence[Outcomes]) -> tuple[str, Part] | None:
    """The cell with the largest share of false rollbacks, over its seeds; None if no cell has healthy releases."""
    cells = {one.cell: false_rollbacks([other for other in watched if other.cell == one.cell]) for one in watched}
    known = [(cell, part) for cell, part in cells.items() if part.of]
    return max(known, key=lambda each: each[1].share) if known else None


@dataclass(frozen=True, slots=True)
class Point:
    """What a judge would be at another threshold."""

    level: float
    false: Part
    found: Part
    delay: float | None


def curve(watched: Sequence[Outcomes], oracles: Oracles) -> list[Point]:
    """Delay against false rollbacks as the threshold of the evidence rises; empty if the judge has no evidence."""
    if any(one.crossings is None for one in watched):
        return []
    points = []
    for place, level in enumerate(LEVELS):
        moved = [replace(one, rolled_back=one.crossings[place]) for one in watched if one.crossings is not None]
        told = figures(moved, oracles)
        points.append(Point(level, told.false, told.found, told.delay))
    return points


def within(points: Iterable[Point], budget: float) -> Point | None:
    """The quickest point whose share of false rollbacks is at most ``budget``."""
    return next((point for point in points if point.false.of and point.false.share <= budget), None)


def _found(one: Outcomes) -> Flags:
    rolled_back = np.asarray(one.rolled_back)
    found: Flags = np.asarray(one.bad) & (rolled_back >= np.asarray(one.onset)) & (rolled_back < one.minutes)
    return found


def _minutes(one: Outcomes) -> Shares:
    """[R] from the onset to the end of the minute of the verdict, or of the watch."""
    last: Shares = np.where(_found(one), np.asarray(one.rolled_back), one.minutes - 1)
    minutes: Shares = (last - np.asarray(one.onset) + 1).astype(float)
    return minutes


def _hurt(one: Outcomes) -> Shares:
    """[R] until the verdict, or in the whole watch."""
    return np.where(_found(one), np.asarray(one.hurt), np.asarray(one.hurt_in_all))


def _compared(watched: Sequence[Outcomes], oracles: Oracles) -> tuple[Shares, Shares, Shares]:
    """Minutes, and minutes and users hurt as multiples of the oracle's, of the releases that the oracle finds."""
    minutes, delay, hurt = [np.empty(0)], [np.empty(0)], [np.empty(0)]
    for one in watched:
        if not any(one.bad):
            continue
        oracle = oracles[one.cell, one.seed]
        both = _found(oracle)
        minutes.append(_minutes(one)[both])
        delay.append(_minutes(one)[both] / _minutes(oracle)[both])
        suffered = both & (np.asarray(oracle.hurt) > 0)
        hurt.append(_hurt(one)[suffered] / np.asarray(oracle.hurt)[suffered])
    return np.concatenate(minutes), np.concatenate(delay), np.concatenate(hurt)


def _median(values: Shares) -> float | None:
    return float(np.median(values)) if len(values) else None
