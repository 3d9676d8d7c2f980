"""A model of hidden causes that is small enough to add up all its courses: two kinds of state, three levels."""

from itertools import product

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analytics.statistics.causes import Causes, Counts, Rate
from analytics.statistics.likelihood import Numbers, Vector

SMALL = Causes(
    own=Rate(np.array([[0.7, 1.0, 1.4], [2.1, 3.0, 4.2]]), np.array(0.05)),
    control=Rate(np.array([[0.8, 1.0, 1.2], [1.6, 2.0, 2.4]]), np.array(0.02)),
    control_alone=Rate(np.array([[0.6, 1.0, 1.6], [1.2, 2.0, 3.2]]), np.array(0.03)),
    trust=np.array(1.0),
    drift=np.array([[0.8, 0.2, 0.0], [0.1, 0.8, 0.1], [0.0, 0.2, 0.8]]),
    kinds=np.array([[0.9, 0.1], [0.3, 0.7]]),
    usual=np.outer([0.75, 0.25], [0.25, 0.5, 0.25]),
    shown=np.array([0.0, 1.0]),
)
STATES = list(product(range(2), range(3)))


def of(own: ArrayLike, own_due: float, control: ArrayLike, control_due: float) -> Counts:
    """Minutes on the last axis, with the same means due in each."""
    seen, beside = np.asarray(own, dtype=float), np.asarray(control, dtype=float)
    return Counts(seen, np.full_like(seen, own_due), beside, np.full_like(beside, control_due))


def emission(counts: Counts, theta: float) -> Vector:
    """How likely one minute's counts are in each of `STATES` [states, ...]: Poisson with a gamma-distributed mean."""
    chances = []
    for kind, level in STATES:
        own = _count(counts.own, counts.own_due * SMALL.own.times[kind, level] * theta, float(SMALL.own.grain))
        control = _count(
            counts.control, counts.control_due * SMALL.control.times[kind, level], float(SMALL.control.grain)
        )
        chances.append(own * control)
    return np.array(chances)


def _count(seen: Numbers, mean: Vector, grain: float) -> Vector:
    return np.asarray(stats.nbinom.pmf(seen, 1.0 / grain, 1.0 / (1.0 + mean * grain)))


def step(one: int, other: int) -> float:
    """How likely it is to go from one of `STATES` to the other."""
    (kind, level), (to_kind, to_level) = STATES[one], STATES[other]
    return float(SMALL.kinds[kind, to_kind] * SMALL.drift[level, to_level])


def by_enumeration(counts: Counts, thetas: list[float]) -> Vector:
    """How likely the counts are and where they end [states], with a theta in each minute: the sum over all courses."""
    ends = np.zeros(len(STATES))
    emissions = [emission(counts.at(minute), theta) for minute, theta in enumerate(thetas)]
    for course in product(range(len(STATES)), repeat=len(thetas) + 1):
        kind, level = STATES[course[0]]
        chance = float(SMALL.usual[kind, level])
        for minute, state in enumerate(course[1:]):
            chance *= step(course[minute], state) * float(emissions[minute][state])
        ends[course[-1]] += chance
    return ends
