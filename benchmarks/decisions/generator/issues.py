"""Issues that are new in a release: every healthy one has some, and a bad one may have one that is worse."""

import numpy as np

from benchmarks.decisions.streams import Counts, Shares

NUMBER = 4
RATE = 4e-4
"""Users a session; 95 of 100 healthy releases have no new issue above it."""
MEAN = RATE / -np.log1p(-(0.95 ** (1 / NUMBER)))
"""Of the exponential law of each: the largest of four is below ``RATE`` in ``(1 - exp(-RATE / MEAN))^4 = 95 %``."""


def new_issues(generator: np.random.Generator, sessions: Shares) -> tuple[Counts, Shares]:
    """[R, T, I] users newly hit and their means, in the order in which the issues are first seen.

    ``sessions`` [R, T] weigh more where slow noise is high. What is never seen comes last. An order that looks at the
    counts makes the first issue a little larger than its mean; all of them together are not.
    """
    rates = generator.exponential(MEAN, (len(sessions), 1, NUMBER))
    means = sessions[:, :, None] * rates
    users = generator.poisson(means)
    seen = users > 0
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), sessions.shape[1])
    order = np.argsort(first, axis=1, kind="stable")[:, None, :]
    return np.take_along_axis(users, order, axis=2), np.take_along_axis(means, order, axis=2)
