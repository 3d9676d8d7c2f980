"""Log-likelihood ratios of a fault against health where the mean of every count is known."""

import numpy as np

from benchmarks.decisions.streams import Counts, Shares

LARGEST_SHARE = 0.95
"""No fault makes more of the feedback negative (decision-engine.md, 2.3)."""
LEAST_MEAN = 1e-9
"""Of a count that is never due: without it one user would be infinite evidence."""


def multiplied(seen: Counts, due: Shares, effect: Shares | float) -> Shares:
    """Of a Poisson count whose mean is ``effect * due`` instead of ``due``."""
    ratio: Shares = seen * np.log(effect) - due * (np.asarray(effect) - 1.0)
    return ratio


def added(seen: Counts, due: Shares, fault: Shares) -> Shares:
    """Of a Poisson count whose mean is ``due + fault`` instead of ``due``."""
    ratio: Shares = seen * np.log1p(fault / np.maximum(due, LEAST_MEAN)) - fault
    return ratio


def worsened(negative: Counts, feedback: Counts, share: Shares, effect: Shares | float) -> Shares:
    """Of a binomial count whose probability is `worse_share` instead of ``share``."""
    worse = worse_share(share, effect)
    other = np.log((1 - worse) / (1 - share))
    ratio: Shares = negative * np.log(worse / share) + (feedback - negative) * other
    return ratio


def worse_share(share: Shares, effect: Shares | float) -> Shares:
    return np.maximum(np.minimum(share * effect, LARGEST_SHARE), share)
