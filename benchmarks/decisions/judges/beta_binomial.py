"""A Bayesian A/B test, looked at every minute: stop once the new release is worse with 99 % probability.

The crashed share of either arm is Beta(1 + crashed, 1 + not crashed), from a uniform prior (the usual beta-binomial
model, as in VWO's SmartStats paper of 2015 or E. Miller's "Formulas for Bayesian A/B Testing"). Sessions are counted as
started since the deploy. In a replace the control is the same minutes of the day before (`control`).

``P(p1 > p0)`` is computed with each Beta replaced by the Gamma of its mean and variance, for which it is one incomplete
beta function: shares of crashes are small, and there the two differ in the third decimal of a 99 %.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from scipy.special import betainc, betaincc

from benchmarks.decisions.judges.control import Sessions, since_deploy
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at
from benchmarks.decisions.streams import Past, Plan, Shares, Stream


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    name: str = "beta-binomial"
    source: str = "posterior probability of being worse, uniform priors"
    doubt: float = 0.01

    def watch(self, past: Past, plan: Plan, stream: Stream) -> Verdicts:
        """Its evidence is the logarithm of the odds that the new release is worse."""
        evidence = log_odds_of_worse(since_deploy(past, plan, stream))
        return Verdicts(first_at(evidence, log((1 - self.doubt) / self.doubt)), evidence)


def log_odds_of_worse(seen: Sessions) -> Shares:
    """``log P(p1 > p0) - log P(p1 <= p0)``.

    For independent Gammas ``G_i`` of shape k_i and rate r_i, ``r_1 G_1 / (r_1 G_1 + r_0 G_0)`` is Beta(k_1, k_0), and
    ``G_1 > G_0`` if it is more than ``r_1 / (r_1 + r_0)``.
    """
    shape, rate = _gamma(seen.crashed, seen.started)
    control_shape, control_rate = _gamma(seen.control_crashed, seen.control_started)
    line = rate / (rate + control_rate)
    with np.errstate(divide="ignore"):
        odds: Shares = np.log(betaincc(shape, control_shape, line)) - np.log(betainc(shape, control_shape, line))
    return odds


def _gamma(crashed: Shares, started: Shares) -> tuple[Shares, Shares]:
    """Shape and rate of the Gamma with the mean ``a / (a + b)`` and the variance ``ab / (a + b)^2 / (a + b + 1)``."""
    a = 1.0 + crashed
    b = 1.0 + np.maximum(started - crashed, 0.0)
    return a * (a + b + 1) / b, (a + b) * (a + b + 1) / b
