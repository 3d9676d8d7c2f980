"""How far a rate strays from its season beyond chance, and how much of it siblings share: by moments (2.4, 2A P5).

From hours without incidents, each predicted from the other days, as the deploy's day is going to be: so the spread has
in it what is not known of season and level, which is the more the less history there is. An hour averages over a drift
that forgets in two hours; that is made good.
"""

from math import exp

import numpy as np

from analytics.statistics.chains import DRIFT_MINUTES
from analytics.statistics.likelihood import Numbers, Vector
from analytics.statistics.season import Season, by_hours

PRIOR_SPREAD, PRIOR_WEIGHT = 0.1, 500.0
"""What is thought before anything is known, and how much of it: as much as an hour of sqrt(500) = 22 units tells."""
_HOURS = 60.0 / DRIFT_MINUTES
HOUR_MEAN = 2.0 / _HOURS**2 * (_HOURS - 1.0 + exp(-_HOURS))
"""The variance of an hour's mean of an Ornstein-Uhlenbeck process of unit variance: .852."""
LONG_RUN = 2.0 * DRIFT_MINUTES
"""Minutes: the integral of its autocorrelation, to both sides."""
NARROWEST, WIDEST = 0.03, 1.5
"""No season is known to better than 3 %."""


def spread(units: Numbers, season: Season) -> Vector:
    """The standard deviation of the log rate's drift, from ``units`` [..., bins] [...].

    With few units of late the level itself is known to 1/sqrt(units) only, and that is added. It plays no part
    where history is long: a drift matters once a watch brings 4/spread^2 units, 4 times those of the last days.
    """
    unknown = 1.0 / (season.units + 1.0)
    variance = np.log1p(_relative_variance(units, season)) + unknown
    width: Vector = np.clip(np.sqrt(variance), NARROWEST, WIDEST)
    return width


def coupling(units: Numbers, season: Season, of_siblings: Numbers, siblings: Season) -> Vector:
    """``beta``, 0..1: the siblings' log rate on average follows the service's own so far [...]."""
    kept = season.kept & siblings.kept
    off, theirs = by_hours(units) - season.predicted, by_hours(of_siblings) - siblings.predicted
    weight = HOUR_MEAN * (season.predicted * siblings.predicted * kept).sum(axis=(-2, -1)) + PRIOR_WEIGHT
    covariance = (off * theirs * kept).sum(axis=(-2, -1)) / weight
    coupled: Vector = np.clip(covariance / _relative_variance(units, season), 0.0, 1.0)
    return coupled


def trust(own: Vector, coupled: Vector, of_siblings: Vector, siblings: Season) -> Vector:
    """``kappa`` [...]: 1/(1 + 240 lambda v), lambda units a minute of siblings, v their variance that is not shared."""
    alone = np.maximum(of_siblings**2 - (coupled * own) ** 2, 0.0)
    minutes = np.maximum(60.0 * siblings.kept.sum(axis=(-2, -1)), 1.0)
    a_minute = (siblings.predicted * siblings.kept).sum(axis=(-2, -1)) / minutes
    kept: Vector = 1.0 / (1.0 + LONG_RUN * a_minute * alone)
    return kept


def _relative_variance(units: Numbers, season: Season) -> Vector:
    """Of the rate, in squares of the rate, above 0 [...]."""
    due = season.predicted
    beyond = (((by_hours(units) - due) ** 2 - due) * season.kept).sum(axis=(-2, -1))
    weight = HOUR_MEAN * (due**2 * season.kept).sum(axis=(-2, -1)) + PRIOR_WEIGHT
    variance: Vector = (beyond + PRIOR_WEIGHT * PRIOR_SPREAD**2) / weight
    return np.maximum(variance, NARROWEST**2)
