"""What becomes of sessions: who is hurt, how often they crash, what users write."""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.generator.risks import Risks
from benchmarks.decisions.streams import Counts, Shares


@dataclass(frozen=True, slots=True)
class Outcomes:
    hurt: Counts
    """[R, n, S]; never more than sessions."""
    errors: Counts
    feedback: Counts
    negative: Counts
    """[R, n]."""


def outcomes(generator: np.random.Generator, sessions: Counts, risks: Risks, feedback: Shares) -> Outcomes:
    """Of ``sessions`` [R, n, S], each for itself; ``feedback`` [R] is written a session."""
    total = sessions.sum(axis=2)
    written = generator.poisson(total * feedback[:, None])
    return Outcomes(
        hurt=generator.binomial(sessions, risks.hurt),
        errors=generator.binomial(total, risks.errors),
        feedback=written,
        negative=generator.binomial(written, risks.negative),
    )


def further_crashes(generator: np.random.Generator, hurt: Counts, crashes: Shares) -> Counts:
    """[R, n, S] crashed sessions beyond the first of each user who is hurt.

    A user's crashes are geometric with mean ``m`` (``crashes``, [R]), so those of many are negative binomial: Poisson
    about a gamma number of users, times ``m - 1``. The variance of all crashes is ``2 m - 1`` times Poisson's.
    """
    loops = (crashes - 1.0)[:, None, None]
    return generator.poisson(generator.standard_gamma(hurt.astype(np.float64)) * loops)
