"""The anytime-valid multinomial test on crashed sessions.

Lindon & Malek, "Anytime-Valid Inference for Multinomial Count Data" (NeurIPS 2022; arXiv 2011.03567): counts x over the
arms, null: each is of arm i with probability theta_i; ``E = B(a + x) / B(a) * prod theta_i^-x_i`` with a Dirichlet
``a = k theta``, k = 100 as in the authors' code. Counts of inhomogeneous Poisson processes are such labels whatever
the common intensity is, so that only crashes are counted. Two-sided; it rolls back if the new arm has the larger part.

The probabilities are the planned share. They must be constant: in a ramp each step is a test of its own, and the
e-values are multiplied. A replace has no concurrent arm; then the other arm is the same minutes of the day before
(`control`) with probability one half, which takes the traffic for the same.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from scipy.special import betaln

from benchmarks.decisions.judges.control import by_minute
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at
from benchmarks.decisions.streams import Past, Plan, Shares, Stream


@dataclass(frozen=True, slots=True)
class AnytimeMultinomial:
    name: str = "Lindon-Malek"
    source: str = "Lindon & Malek, Anytime-Valid Inference for Multinomial Count Data (arXiv 2011.03567)"
    alpha: float = 0.01
    concentration: float = 100.0

    def watch(self, past: Past, plan: Plan, stream: Stream) -> Verdicts:
        """Its evidence is ``log E`` while the new release has more than its part."""
        seen = by_minute(past, plan, stream)
        new, old = seen.crashed, seen.control_crashed
        shares = np.full(new.shape[1], 0.5) if plan.kind == "replace" else plan.share
        evidence = np.zeros(new.shape)
        for first, last in stages(shares):
            if shares[first] < 1.0:  # at the end of a ramp there is nobody left to compare with
                inside = np.zeros(new.shape[1])
                inside[first:last] = 1.0
                evidence += self.log_e((new * inside).cumsum(axis=1), (old * inside).cumsum(axis=1), shares[first])
        surplus = np.cumsum(new - shares * (new + old), axis=1)
        evidence = np.where(surplus > 0, evidence, -np.inf)
        return Verdicts(first_at(evidence, -log(self.alpha)), evidence)

    def log_e(self, new: Shares, old: Shares, theta: float) -> Shares:
        a, b = self.concentration * theta, self.concentration * (1 - theta)
        value: Shares = betaln(a + new, b + old) - betaln(a, b) - new * log(theta) - old * log(1 - theta)
        return value


def stages(shares: Shares) -> list[tuple[int, int]]:
    """The runs of minutes, first and behind the last, in which the share does not change."""
    steps = [0, *(np.flatnonzero(np.diff(shares)) + 1), len(shares)]
    return [(int(first), int(last)) for first, last in pairwise(steps)]
