"""Evidence that may be looked at all the time (decision-engine.md, 2A).

An e-process starts at 1 and, while its null holds, is at most 1 on average at any stopping time; so it ever reaches
``1/alpha`` with probability at most ``alpha`` (Ville). All values here are natural logarithms: counts of a million
overflow nothing.
"""

from math import log, pi

import numpy as np
from scipy.special import gammaln

from analytics.statistics.likelihood import Numbers, Vector, log_sum

EFFECTS: Vector = np.array([1.2, 1.5, 2.0, 3.0, 5.0, 10.0])
EFFECT_WEIGHTS: Vector = np.array([0.12, 0.20, 0.28, 0.20, 0.12, 0.08])
"""The rate ratios betted on and the stake on each; they sum to 1."""
LOG_EFFECT_WEIGHTS: Vector = np.log(EFFECT_WEIGHTS)
SMALLEST_MARGIN = 0.05
"""The margin that `EFFECTS` were chosen for: each is at least 1.14 times as bad as it allows."""

HEALTHY_SHARE = 0.85
"""``p`` of P1: the weight of theta = 1 against the margin in what a healthy release looks like."""

ISSUE_RATE = 4e-4
"""``nu0``: the affected users a session that the top new issue of a healthy release may have (2.2)."""
ISSUE_EFFECTS: Vector = np.array([1.5, 3.0, 8.0, 20.0])
ISSUE_HEALTHY_MEAN = ISSUE_RATE / 3
"""P7: a healthy new issue's rate is Exp with this mean, of which ``nu0`` is the 95 % point (3 = -ln .05)."""
ISSUE_BY_LAW = 0.9
"""Of what a healthy new issue looks like; the rest is a rate of ``nu0`` itself."""


def stretch(margin: float) -> float:
    """What effects are multiplied by under a larger margin: a bet on less than the margin allows would break P1."""
    return max(1.0, (1.0 + margin) / (1.0 + SMALLEST_MARGIN))


def log_healthy(at_margin: float | Vector, healthy_share: float = HEALTHY_SHARE) -> Vector:
    """``log D`` of P1: p L(1) + (1 - p) L(1 + margin), relative to L(1)."""
    mixed: Vector = np.logaddexp(log(healthy_share), log(1.0 - healthy_share) + at_margin)
    return mixed


def threshold(alpha: float, healthy_share: float = HEALTHY_SHARE) -> float:
    """What ``log E`` must reach (P1): at theta = 1 it ever does with probability at most ``alpha``."""
    return -log(alpha) - log(max(healthy_share, 1.0 - healthy_share))


def log_evidence(
    running: Vector,
    at_margin: float | Vector,
    log_unspent: Vector,
    log_weights: Vector = LOG_EFFECT_WEIGHTS,
    healthy_share: float = HEALTHY_SHARE,
) -> Vector:
    """``log E``: the stake not yet placed, and what was placed on each effect, over the healthy prior.

    ``running`` [..., effects] is that of `onset`, with the weights of its effects, which sum to 1; the axes before the
    effects are those of ``at_margin``, of ``log_unspent`` and of the result.
    """
    placed = np.logaddexp.reduce(log_weights + running, axis=-1)
    evidence: Vector = np.logaddexp(placed, log_unspent) - log_healthy(at_margin, healthy_share)
    return evidence


def log_issue_evidence(users: int | Numbers, exposure: float | Numbers) -> Vector:
    """P7: ``log E`` that new issues hurt more than healthy ones do, from users affected in ``exposure`` sessions."""
    seen, due = np.asarray(users, dtype=float), ISSUE_RATE * np.asarray(exposure, dtype=float)
    bets = seen[..., np.newaxis] * np.log(ISSUE_EFFECTS) - (ISSUE_EFFECTS - 1.0) * due[..., np.newaxis]
    healthy = np.logaddexp(log(ISSUE_BY_LAW) + log_issue_marginal(users, exposure), log(1.0 - ISSUE_BY_LAW))
    evidence: Vector = np.logaddexp.reduce(bets, axis=-1) - log(len(ISSUE_EFFECTS)) - healthy
    return evidence


def log_issue_marginal(users: int | Numbers, exposure: float | Numbers) -> Vector:
    """How likely so many users of a healthy new issue are, over the law of its rate, relative to a rate of ``nu0``."""
    seen, exposed = np.asarray(users, dtype=float), np.asarray(exposure, dtype=float)
    rate = 1.0 / ISSUE_HEALTHY_MEAN
    told: Vector = (
        gammaln(seen + 1)
        + log(rate)
        - (seen + 1) * np.log(exposed + rate)
        + ISSUE_RATE * exposed
        - seen * log(ISSUE_RATE)
    )
    return told


def issue_weight(rank: int) -> float:
    """The stake on the ``rank``-th new issue, from 1: 6/(pi^2 i^2), which sums to 1 over any number of them."""
    return 6.0 / (pi * rank) ** 2


def log_no_harm(likelihood: Vector, grid: Vector, limit_likelihood: float, limit: float) -> float:
    """``log E`` against theta >= ``limit``: the proof of no harm. ``likelihood`` on ``grid``."""
    below = likelihood[grid < limit]
    return log_sum(below) - log(len(below)) - limit_likelihood
