"""What begins, lasts a while and ends: incidents, flash crowds, losses of telemetry."""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.generator.grid import PAST_MINUTES, Grid
from benchmarks.decisions.generator.laws import Range, log_uniform, uniform
from benchmarks.decisions.streams import DAY_MINUTES, Shares


@dataclass(frozen=True, slots=True)
class Law:
    """Episodes begin as a Poisson process; their length is log-normal and their factor log-uniform."""

    a_day: Range | None
    """Onsets a day: each service's own number is log-uniform within it; None if there are none by chance."""
    minutes: float
    """Median length."""
    spread: float
    """Standard deviation of the logarithm of the length."""
    factor: Range


def episodes(
    generator: np.random.Generator, law: Law, releases: int, grid: Grid, certain: Range | None = None
) -> Shares:
    """[R, N] the factor while one lasts, else 1. Where two overlap, one of them counts.

    ``certain`` gives each release one more, whose onset is uniform between these minutes since the deploy.
    """
    span = PAST_MINUTES + grid.minutes
    numbers = np.zeros(releases, np.int64)
    if law.a_day is not None:
        numbers = generator.poisson(log_uniform(generator, law.a_day, releases) * span / DAY_MINUTES)
    release = np.repeat(np.arange(releases), numbers)
    onset = uniform(generator, (0.0, float(span)), len(release))
    if certain is not None:
        release = np.concatenate([release, np.arange(releases)])
        onset = np.concatenate([onset, PAST_MINUTES + uniform(generator, certain, releases)])
    lasts = law.minutes * np.exp(law.spread * generator.standard_normal(len(release)))
    factors = log_uniform(generator, law.factor, len(release))
    values = np.ones((releases, span))
    for which, begin, end, factor in zip(release, onset.astype(int), (onset + lasts).astype(int), factors, strict=True):
        values[which, begin : end + 1] = factor
    return grid.of_minutes(values)
