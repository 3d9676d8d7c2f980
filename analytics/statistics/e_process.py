"""Evidence that may be looked at all the time (decision-engine.md, 2A).

An e-process starts at 1 and, while its null holds, is at most 1 on average at any stopping time; so it ever reaches
``1/alpha`` with probability at most ``alpha`` (Ville). All values here are natural logarithms: counts of a million
overflow nothing.
"""

from functools import lru_cache
from math import inf, lgamma, log, pi

import numpy as np

from analytics.statistics.likelihood import Vector, log_sum

EFFECTS: Vector = np.array([1.2, 1.5, 2.0, 3.0, 5.0, 10.0])
EFFECT_WEIGHTS: Vector = np.array([0.12, 0.20, 0.28, 0.20, 0.12, 0.08])
"""The rate ratios betted on and the stake on each; they sum to 1."""
LOG_EFFECT_WEIGHTS: Vector = np.log(EFFECT_WEIGHTS)
SMALLEST_MARGIN = 0.05
"""The margin that `EFFECTS` were chosen for: each is at least 1.14 times as bad as it allows."""

HEALTHY_SHARE = 0.85
"""``p`` of P1: the weight of theta = 1 against the margin in what a healthy release looks like."""

ONSET_NOW, ONSET_LATER, ONSET_SCALE = 0.65, 0.35, 30
"""P3: stake on a regression from the first minute, on a later onset, and the minutes over which that thins out."""

ISSUE_RATE = 4e-4
"""``nu0``: the affected users a session that the top new issue of a healthy release may have (2.2)."""
ISSUE_EFFECTS: Vector = np.array([1.5, 3.0, 8.0, 20.0])
ISSUE_HEALTHY_MEAN = ISSUE_RATE / 3
"""P7: a healthy new issue's rate is Exp with this mean, of which ``nu0`` is the 95 % point (3 = -ln .05)."""


def stretch(margin: float) -> float:
    """What effects are multiplied by under a larger margin: a bet on less than the margin allows would break P1."""
    return max(1.0, (1.0 + margin) / (1.0 + SMALLEST_MARGIN))


def log_healthy(at_margin: float | Vector) -> Vector:
    """``log D`` of P1: p L(1) + (1 - p) L(1 + margin), relative to L(1)."""
    mixed: Vector = np.logaddexp(log(HEALTHY_SHARE), log(1.0 - HEALTHY_SHARE) + at_margin)
    return mixed


def threshold(alpha: float) -> float:
    """What ``log E`` must reach (P1): at theta = 1 it ever does with probability at most ``alpha``."""
    return -log(alpha) - log(max(HEALTHY_SHARE, 1.0 - HEALTHY_SHARE))


@lru_cache(maxsize=32)
def onset_weights(minutes: int) -> tuple[Vector, Vector]:
    """P3: logarithms of the stake on an onset at each minute, and of what is unspent after it. The stakes sum to 1."""
    later = 1.0 / (np.arange(1, max(minutes, 2)) + ONSET_SCALE)
    stakes = np.concatenate([[ONSET_NOW], ONSET_LATER * later / later.sum()])
    unspent = np.clip(1.0 - np.cumsum(stakes), 0.0, None)
    unspent[-1] = 0.0
    with np.errstate(divide="ignore"):
        return np.log(stakes), np.log(unspent)


def onset_step(running: Vector, increment: Vector, minute: int, minutes: int) -> Vector:
    """One minute of the recursion over every onset: ``R <- (R + w_t) LR``, as logarithms; ``minute`` counts from 0."""
    stakes, _ = onset_weights(minutes)
    stake = stakes[minute] if minute < len(stakes) else -inf
    stepped: Vector = np.logaddexp(running, stake) + increment
    return stepped


def log_evidence(running: Vector, at_margin: float | Vector, minute: int, minutes: int) -> Vector:
    """``log E`` after ``minute``: the stake not yet placed, and what was placed on each effect, over the healthy prior.

    ``running`` has the effects on its last axis; any axes before it are those of ``at_margin`` and of the result.
    """
    _, unspent = onset_weights(minutes)
    left = unspent[minute] if minute < len(unspent) else -inf
    placed = np.logaddexp.reduce(LOG_EFFECT_WEIGHTS + running, axis=-1)
    evidence: Vector = np.logaddexp(placed, left) - log_healthy(at_margin)
    return evidence


def log_issue_evidence(users: int, exposure: float) -> float:
    """P7: ``log E`` that a new issue hurts more than healthy ones do, from users affected in ``exposure`` sessions."""
    due = ISSUE_RATE * exposure
    worse = log_sum(users * np.log(ISSUE_EFFECTS) - (ISSUE_EFFECTS - 1.0) * due) - log(len(ISSUE_EFFECTS))
    rate = 1.0 / ISSUE_HEALTHY_MEAN
    marginal = lgamma(users + 1) + log(rate) - (users + 1) * log(exposure + rate) + due - users * log(ISSUE_RATE)
    return worse - log_sum([log(0.9) + marginal, log(0.1)])


def issue_weight(rank: int) -> float:
    """The stake on the ``rank``-th new issue, from 1: 6/(pi^2 i^2), which sums to 1 over any number of them."""
    return 6.0 / (pi * rank) ** 2


def log_no_harm(likelihood: Vector, grid: Vector, limit_likelihood: float, limit: float) -> float:
    """``log E`` against theta >= ``limit``: the proof of no harm. ``likelihood`` on ``grid``."""
    below = likelihood[grid < limit]
    return log_sum(below) - log(len(below)) - limit_likelihood
