"""The mixture sequential probability ratio test on two shares.

Johari, Pekelis & Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests" (Operations Research 2022;
arXiv 1512.04922): ``Lambda = sqrt(V / (V + tau^2)) exp(tau^2 Delta^2 / (2 V (V + tau^2)))``, where Delta is the
difference of the shares and V its plug-in variance; rejected at ``Lambda >= 1/alpha``, here if the new release is the
worse one. ``tau``, the effect that the mixture expects, is the service's own crashed share in the 14 days before: a
release that doubles it is what one looks for. Sessions are counted as started since the deploy. In a replace the
control is the same minutes of the day before (`control`).
"""

from dataclasses import dataclass
from math import log

import numpy as np

from benchmarks.decisions.judges.control import own_crash_share, share, since_deploy
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at
from benchmarks.decisions.streams import Past, Plan, Shares, Stream


@dataclass(frozen=True, slots=True)
class MixtureSprt:
    name: str = "mSPRT"
    source: str = "Johari, Pekelis & Walsh, Always Valid Inference (arXiv 1512.04922)"
    alpha: float = 0.01

    def watch(self, past: Past, plan: Plan, stream: Stream) -> Verdicts:
        """Its evidence is ``log Lambda`` while the new release is the worse one."""
        seen = since_deploy(past, plan, stream)
        new, old = share(seen.crashed, seen.started), share(seen.control_crashed, seen.control_started)
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = new * (1 - new) / seen.started + old * (1 - old) / seen.control_started
        evidence = log_mixture(new - old, variance, own_crash_share(past)[:, None])
        return Verdicts(first_at(evidence, -log(self.alpha)), evidence)


def log_mixture(difference: Shares, variance: Shares, tau: Shares) -> Shares:
    """``log Lambda``; minus infinity where the new release is not worse, or the variance is not known yet."""
    known = np.isfinite(variance) & (variance > 0) & (difference > 0)
    v = np.where(known, variance, 1.0)
    value = 0.5 * np.log(v / (v + tau**2)) + tau**2 * difference**2 / (2 * v * (v + tau**2))
    return np.where(known, value, -np.inf)
