"""What is drawn of a series of rates, and where its marks' labels stand. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

MOST_POINTS = 200
GAP = 4
"""Times the usual step between two points: more is a gap, and stays one."""
LETTER = 6.6
"""Pixels: the mean width of a letter of 12 px."""


@dataclass(frozen=True, slots=True)
class Point:
    """What was known at a time (ms): rates 0..1, with the interval the engine decides on; None where nothing was."""

    at: int
    value: float | None
    low: float | None
    high: float | None
    base: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a time (ms), as a vertical rule with its label."""

    at: int
    label: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a mark's label stands: in which row above the lines, and on which side of its rule."""

    mark: Mark
    row: int
    leftwards: bool


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most ``most`` of the points, evenly chosen, with the first and the last."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(step * index)] for index in range(most)]


def with_gaps(points: Sequence[Point]) -> list[Point]:
    """The points, with an empty one where a time much longer than usual passed without any."""
    steps = [after.at - before.at for before, after in pairwise(points)]
    if not steps:
        return list(points)
    longest = GAP * median(steps)
    found = [points[0]]
    for before, after in pairwise(points):
        if after.at - before.at > longest:
            found.append(Point(before.at + 1, None, None, None, None))
        found.append(after)
    return found


def within(marks: Sequence[Mark], points: Sequence[Point]) -> list[Mark]:
    """The marks of the time that is drawn, in order; those a little outside stand at its edge."""
    if not points:
        return []
    first, last = points[0].at, points[-1].at
    around = (last - first) // 10 + 60_000
    near = [mark for mark in sorted(marks, key=lambda mark: mark.at) if first - around <= mark.at <= last + around]
    return [replace(mark, at=min(max(mark.at, first), last)) for mark in near]


def placed(marks: Sequence[Mark], points: Sequence[Point], width: int) -> list[Placed]:
    """Each label in the lowest row in which it touches no other; left of its rule where there is no room right."""
    span = max(points[-1].at - points[0].at, 1) if points else 1
    ends: list[float] = []
    found = []
    for mark in marks:
        start, length = (mark.at - points[0].at) / span * width, len(mark.label) * LETTER + 10
        leftwards = start + length > width and start > length
        begin = start - length if leftwards else start
        row = next((index for index, end in enumerate(ends) if end <= begin), len(ends))
        ends[row : row + 1] = [begin + length]
        found.append(Placed(mark, row, leftwards))
    return found
