"""The primitive: log-likelihoods of the rate ratio theta on a grid (decision-engine.md, 2.3).

Vectors are float64, one value a theta, relative to theta = 1, so that the value at 1 is always 0. Theta is the new
release's rate over the baseline's.
"""

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.int32]
"""What is counted, which may come in whole numbers."""

GRID: Vector = np.geomspace(0.2, 20.0, 61)
"""What the confidence sequence and the posterior are read from."""


HIGHEST_SHARE = 0.95
"""However bad a release is, at most so many of those who are asked are hurt."""


def concurrent(theta: Vector, new: int | Numbers, old: int | Numbers, share: float | Vector) -> Vector:
    """The increment for ``new`` and ``old`` units seen at the same time; ``share``: the new arm's share of exposure.

    ``x1 log(theta) - (x1 + x0) log(1 - rho + rho theta)``: given a unit, the chance that it is of the new arm is
    ``rho theta / (1 - rho + rho theta)``, whatever the traffic and the base rate are.
    """
    units: Vector = np.asarray(new + old, dtype=float)
    increment: Vector = new * np.log(theta) - units * np.log1p(share * (theta - 1.0))
    return increment


def known_mean(theta: Vector, seen: int | Numbers, expected: float | Vector) -> Vector:
    """The increment for ``seen`` units where a Poisson mean of ``expected`` was due at theta = 1."""
    increment: Vector = seen * np.log(theta) - expected * (theta - 1.0)
    return increment


def proportion(theta: Vector, hits: int | Numbers, trials: int | Numbers, share: float | Vector) -> Vector:
    """The increment for ``hits`` of ``trials`` where a ``share`` of them, above 0, was due at theta = 1 (B of 2.3)."""
    worse = worsened(theta, share)
    increment: Vector = hits * np.log(worse / share) + (trials - hits) * (np.log1p(-worse) - np.log1p(-share))
    return increment


def worsened(theta: Vector, share: float | Vector) -> Vector:
    """A share that became theta times as large: at most `HIGHEST_SHARE`, unless it was larger before."""
    worse: Vector = np.minimum(share * theta, np.maximum(share, HIGHEST_SHARE))
    return worse


def divergence(one: float, other: float) -> float:
    """Nats a unit due between Poisson rates: KL(a|b) = a ln(a/b) - (a - b) (2.6)."""
    return one * log(one / other) - (one - other)


def confidence_sequence(likelihood: Vector, error: float) -> tuple[float, float]:
    """The thetas that a uniform mixture over the grid does not refute: valid at all moments at once, at ``1 - error``.

    ``likelihood`` is on `GRID`. An end at the grid's edge means "or beyond".
    """
    mixture = _log_mean(likelihood)
    kept = GRID[mixture - likelihood < log(1.0 / error)]
    return (float(kept[0]), float(kept[-1])) if len(kept) else (float(GRID[0]), float(GRID[-1]))


def estimate(likelihood: Vector) -> float:
    """The theta of the grid that explains the data best."""
    return float(GRID[int(np.argmax(likelihood))])


HEALTHY_FROM = 0.9
"""The smallest theta that a healthy release is thought to have."""


def prior(margin: float, bad_share: float = 0.05) -> Vector:
    """Weights on `GRID`: 1 - ``bad_share`` spread over [.9, 1 + margin], the rest log-normal(ln 2, .7) (2.8)."""
    healthy = ((GRID >= HEALTHY_FROM) & (1.0 + margin + 1e-9 >= GRID)).astype(float)
    bad = np.exp(-0.5 * ((np.log(GRID) - log(2.0)) / 0.7) ** 2)
    weights: Vector = (1.0 - bad_share) * healthy / healthy.sum() + bad_share * bad / bad.sum()
    return weights


def posterior(likelihood: Vector, weights: Vector) -> Vector:
    """Posterior weights on `GRID`, summing to 1."""
    unscaled = weights * np.exp(likelihood - likelihood.max())
    scaled: Vector = unscaled / unscaled.sum()
    return scaled


def log_sum(values: Sequence[float] | Vector) -> float:
    """``log(sum(exp(values)))`` without overflow."""
    array = np.asarray(values)
    top = float(array.max())
    return top + log(float(np.exp(array - top).sum())) if top > -np.inf else -np.inf


def _log_mean(values: Vector) -> float:
    return log_sum(values) - log(len(values))
