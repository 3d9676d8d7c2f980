"""Time as one axis: ten-minute bins before the deploy, single minutes after it.

What changes with time is drawn once over this axis and then cut at the deploy, so that the watch goes on where the
past ended: same service, same noise, and the same incident if one is on.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.streams import BIN_MINUTES, PAST_BINS, Shares

PAST_MINUTES = PAST_BINS * BIN_MINUTES
PAST = slice(None, PAST_BINS)
WATCH = slice(PAST_BINS, None)
"""The steps before and after the deploy, of an axis of N steps."""


@dataclass(frozen=True, slots=True)
class Grid:
    minutes: int
    """T of the watch."""

    @property
    def lengths(self) -> Shares:
        """[N] minutes of each step."""
        return np.repeat([float(BIN_MINUTES), 1.0], [PAST_BINS, self.minutes])

    @property
    def middles(self) -> Shares:
        """[N] minutes since the deploy."""
        lengths = self.lengths
        middles: Shares = np.cumsum(lengths) - lengths / 2 - PAST_MINUTES
        return middles

    def of_minutes(self, values: Shares) -> Shares:
        """[R, N] means over each step of what is given for every minute, [R, PAST_MINUTES + T]."""
        bins = values[:, :PAST_MINUTES].reshape(len(values), PAST_BINS, BIN_MINUTES).mean(axis=2)
        return np.concatenate([bins, values[:, PAST_MINUTES:]], axis=1)
