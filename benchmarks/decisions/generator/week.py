"""The shape of a service's week: its nights, its busy hours and its weekend."""

import numpy as np

from benchmarks.decisions.generator.laws import uniform
from benchmarks.decisions.streams import BIN_MINUTES, DAY_MINUTES, Counts, Shares

WEEK_MINUTES = 7 * DAY_MINUTES
DAYS = np.arange(WEEK_MINUTES // BIN_MINUTES) * BIN_MINUTES / DAY_MINUTES
"""[1008] days since Monday began, in UTC."""
SATURDAY = 5
WEEKEND = DAYS >= SATURDAY
SECOND_WAVE = (0.0, 0.3)
"""Height of the second peak of a day, as a share of the first's."""
WEEKDAYS = 0.05
"""Standard deviation of the logarithm of a single weekday's traffic."""
RATE_SWING = (0.0, 0.2)
"""How far the logarithm of the rate of hurt users goes up and down over a day: by night others come."""


def traffic_week(generator: np.random.Generator, day: Shares, weekend: Shares) -> Shares:
    """[R, 1008] of mean 1, by the busiest hour to the quietest (but for a second wave) and the weekend, each [R]."""
    releases = len(day)
    swing = np.log(day)[:, None] / 2
    waves = swing * _wave(generator, releases, 1)
    waves += swing * uniform(generator, SECOND_WAVE, (releases, 1)) * _wave(generator, releases, 2)
    waves += WEEKDAYS * np.repeat(generator.standard_normal((releases, 7)), DAY_MINUTES // BIN_MINUTES, axis=1)
    return _normalised(np.exp(waves) * np.where(WEEKEND, weekend[:, None], 1.0))


def rate_week(generator: np.random.Generator, weekend: Shares) -> Shares:
    """[R, 1008] of mean 1, the same for hurt users a session."""
    releases = len(weekend)
    waves = uniform(generator, RATE_SWING, (releases, 1)) * _wave(generator, releases, 1)
    return _normalised(np.exp(waves) * np.where(WEEKEND, weekend[:, None], 1.0))


def at(week: Shares, moment: Counts, minutes: Shares) -> Shares:
    """[R, N] the factor at so many ``minutes`` [N] after the ``moment`` [R], a minute of the week."""
    index = np.floor((moment[:, None] + minutes) % WEEK_MINUTES / BIN_MINUTES).astype(np.int64)
    return np.take_along_axis(week, index, axis=1)


def _wave(generator: np.random.Generator, releases: int, times_a_day: int) -> Shares:
    """[R, 1008] between -1 and 1, with its peak anywhere: users may live anywhere."""
    peak = generator.random((releases, 1))
    wave: Shares = np.cos(2 * np.pi * times_a_day * (DAYS - peak))
    return wave


def _normalised(values: Shares) -> Shares:
    normalised: Shares = values / values.mean(axis=1, keepdims=True)
    return normalised
