"""Services whose truth is known: histories of ten-minute bins with a daily shape, drift and incidents."""

from dataclasses import dataclass

import numpy as np

from analytics.statistics.likelihood import Vector
from analytics.statistics.profile import Past

BIN, DAY = 10, 144
DRIFT_MINUTES = 120.0


@dataclass(frozen=True)
class Service:
    """Of ``sessions`` a bin one in a hundred hurts a user, more or less by the hour."""

    sessions: float = 1_000.0
    rate: float = 0.01
    spread: float = 0.0
    coupling: float = 0.0
    days: int = 14

    def past(self, services: int, chance: np.random.Generator, times: Vector | float = 1.0) -> Past:
        """The histories of so many such services; ``times`` [bins]: what an incident of their own multiplied."""
        bins = self.days * DAY
        shape = (services, bins)
        drift, rest = drifting(shape, chance), drifting(shape, chance)
        theirs = self.coupling * drift + np.sqrt(1.0 - self.coupling**2) * rest
        rate = self.rate * shape_of_day(bins)
        started, siblings = chance.poisson(self.sessions, shape), chance.poisson(2 * self.sessions, shape)
        hurt = chance.poisson(started * rate * times * mean_one(self.spread, drift))
        hurt_there = chance.poisson(siblings * rate * mean_one(self.spread, theirs))
        return Past(
            started=started[..., np.newaxis].astype(float),
            units=hurt[..., np.newaxis].astype(float),
            sibling_started=siblings.astype(float),
            sibling_units=hurt_there.astype(float),
        )


def shape_of_day(bins: int) -> Vector:
    """Between .6 and 1.4, over ``bins`` that end at midnight."""
    at = (np.arange(-bins, 0) + 0.5) / DAY
    return 1.0 + 0.4 * np.sin(2.0 * np.pi * at)


def drifting(shape: tuple[int, int], chance: np.random.Generator) -> Vector:
    """An Ornstein-Uhlenbeck process of unit variance, a step a bin, along the last axis."""
    kept = np.exp(-BIN / DRIFT_MINUTES)
    steps = chance.standard_normal(shape)
    steps[:, 1:] *= np.sqrt(1.0 - kept**2)
    for number in range(1, shape[1]):
        steps[:, number] += kept * steps[:, number - 1]
    return steps


def mean_one(spread: float, drift: Vector) -> Vector:
    times: Vector = np.exp(spread * drift - spread**2 / 2.0)
    return times
