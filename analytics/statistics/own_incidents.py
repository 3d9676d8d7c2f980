"""How often a service has incidents of its own, and how long they last, learned from its history (2A, P5).

The filter of `causes` goes over the history in steps of ten minutes, one day beside the other; a run of steps in which
an own incident is the likelier is an episode. Prior: `causes.OWN_INCIDENTS`, once in ten days for 25 minutes. Where
incidents were too small to be seen, not to have seen any teaches nothing.
"""

from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analytics.statistics import filtering
from analytics.statistics.causes import KINDS, OWN, OWN_INCIDENTS, Causes, Counts, Incidents
from analytics.statistics.likelihood import Numbers, Vector, divergence
from analytics.statistics.season import BIN_MINUTES, BINS_A_DAY, whole_days

LIKELY = 0.5
PRIOR_DAYS, PRIOR_EPISODES = 14.0, 1.4
"""So many incidents in so many days are added: once in ten days."""
PRIOR_LENGTHS = 2.0
"""And so many of the usual length."""
SIZE = 2.65
"""The size for which it is worked out whether an incident would be seen: the middle one of `causes.OWN_SIZES`."""
NATS = 6.4
"""What it takes to believe in one: the logarithm of the odds against any, ln(14,400 minutes / 25) = 6.4."""


def learn(causes: Causes, counts: Counts) -> Incidents:
    """From ``counts`` [..., bins] of a whole history. ``causes`` [..., 1] is the model for steps of ten minutes.

    Its last leading axis stands for the days, which are followed side by side.
    """
    likely = _likely(causes, counts)
    before = np.concatenate([np.zeros_like(likely[..., :1]), likely[..., :-1]], axis=-1)
    episodes, minutes = (likely & ~before).sum(axis=(-2, -1)), BIN_MINUTES * likely.sum(axis=(-2, -1))
    exposed = (counts.own_due > 0.0).sum(axis=-1)
    a_bin = counts.own_due.sum(axis=-1) / np.maximum(exposed, 1)
    seen = _chance_of_seeing(a_bin / BIN_MINUTES * OWN_INCIDENTS.minutes)
    return Incidents(
        days=(PRIOR_DAYS + exposed / BINS_A_DAY * seen) / (PRIOR_EPISODES + episodes),
        minutes=(PRIOR_LENGTHS * OWN_INCIDENTS.minutes + minutes) / (PRIOR_LENGTHS + episodes),
    )


def _likely(causes: Causes, counts: Counts) -> NDArray[np.bool_]:
    """Whether each step is more likely one of an own incident than not, as far as known at it [..., days, 144]."""
    by_day = Counts(*(_days(each) for each in (counts.own, counts.own_due, counts.control, counts.control_due)))
    beliefs = filtering.at_rest(causes)
    of_own = np.zeros(KINDS)
    of_own[OWN] = 1.0
    chances = []
    for number in range(BINS_A_DAY):
        beliefs, _ = filtering.step(causes, beliefs, by_day.at(number), filtering.NO_EFFECT)
        chances.append(filtering.chance_of(of_own, beliefs.service)[..., 0])
    return np.stack(chances, axis=-1) > LIKELY


def _chance_of_seeing(units: Vector) -> Vector:
    """How likely an incident of `SIZE` would be seen, in which ``units`` are due without it."""
    missing = units * divergence(SIZE, 1.0) - NATS
    chance: Vector = ndtr(missing / np.sqrt(np.maximum(units, np.finfo(float).tiny) * SIZE * log(SIZE) ** 2))
    return chance


def _days(bins: Numbers) -> Vector:
    """[..., bins] as [..., days, 144]."""
    whole = whole_days(bins)
    return whole.reshape(*whole.shape[:-2], BINS_A_DAY)
