"""The two-proportion z-test, looked at every minute as if each look were the only one.

The usual pooled test of two shares (statsmodels' ``proportions_ztest``), two-sided at p < .01, of crashed sessions
among those started since the deploy: what a dashboard shows and people stop on. In a replace the control is the same
minutes of the day before (`control`).
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from benchmarks.decisions.judges.control import share, since_deploy
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at
from benchmarks.decisions.streams import Past, Plan, Stream


@dataclass(frozen=True, slots=True)
class RepeatedZTest:
    name: str = "z-test"
    source: str = "the pooled two-proportion z-test, repeated each minute"
    alpha: float = 0.01

    def watch(self, past: Past, plan: Plan, stream: Stream) -> Verdicts:
        """Its evidence is z."""
        seen = since_deploy(past, plan, stream)
        new, old = share(seen.crashed, seen.started), share(seen.control_crashed, seen.control_started)
        pooled = share(seen.crashed + seen.control_crashed, seen.started + seen.control_started)
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(pooled * (1 - pooled) * (1 / seen.started + 1 / seen.control_started))
            z = np.where((error > 0) & np.isfinite(error), (new - old) / error, 0.0)
        return Verdicts(first_at(z, float(stats.norm.isf(self.alpha / 2))), z)
