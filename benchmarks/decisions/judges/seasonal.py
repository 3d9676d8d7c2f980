"""What is due in a ten-minute bin by exponential smoothing with a season of a day (Holt-Winters without a trend)."""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.judges.control import DAY_BINS, share
from benchmarks.decisions.streams import Counts, Shares

LEVEL, SEASON = 0.02, 0.2
"""Smoothing of the level (half its weight is 35 bins old, 6 hours) and of each bin of the day (3 days)."""
SETTLED_BINS = 7 * DAY_BINS
"""How far from what is due counts lie is learned once the smoothing is this old."""
SIGMAS = 4.0


@dataclass(frozen=True, slots=True)
class Expectation:
    """Of the day after the history that it was smoothed from."""

    rate: Shares
    """[R, DAY_BINS] counts due a unit of exposure."""
    scatter: Shares
    """[R] relative variance of the counts beyond that of Poisson counts."""

    def anomalous(self, counts: Counts, exposure: Counts) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """[R, bins] whether ``counts`` lie more than four sigma above; the variance is never less than one count's."""
        due = self.rate[:, np.arange(counts.shape[1]) % DAY_BINS] * exposure
        sigma = np.sqrt(np.maximum(due, 1.0) + self.scatter[:, None] * due**2)
        return counts > due + SIGMAS * sigma


def smooth(counts: Counts, exposure: Counts) -> Expectation:
    """From [R, D] whole days of counts and their exposure."""
    rates, empty = share(counts, exposure), exposure == 0
    level, season = rates[:, :DAY_BINS].mean(axis=1), np.zeros((len(rates), DAY_BINS))
    excess, square = np.zeros(len(rates)), np.zeros(len(rates))
    for now in range(rates.shape[1]):
        place = now % DAY_BINS
        forecast = np.maximum(level + season[:, place], 0.0)
        off = np.where(empty[:, now], 0.0, rates[:, now] - level - season[:, place])
        if now >= SETTLED_BINS:
            due = forecast * exposure[:, now]
            excess += (counts[:, now] - due) ** 2 - due
            square += due**2
        level = level + LEVEL * off
        season[:, place] += SEASON * (1 - LEVEL) * off
    rate = np.maximum(level[:, None] + season, 0.0)
    return Expectation(rate, share(np.maximum(excess, 0.0), square))
