"""Sentry's alert on crash-free sessions, taken as an order to roll back.

A metric alert on ``crash_free_rate(session)``, filtered by release: it fires when the rate over a sliding window is
below a fixed number. Updates with fewer sessions than a minimum are dropped (getsentry/sentry pull request 28675; 50
sessions is what its percentage alerts ask for, pull request 28285). Sessions count from their start, as Sentry counts
them. There is no control, so that a replace is watched like a canary.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.judges.control import own_crash_share, share
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at, sliding
from benchmarks.decisions.streams import Past, Plan, Stream


@dataclass(frozen=True, slots=True)
class CrashFreeAlert:
    name: str
    source: str
    allowed: float
    """The crashed share of sessions above which it fires, or what that is in shares of the service's own."""
    times_own: bool = False
    window: int = 60
    """Minutes; Sentry offers 30 and more."""
    sessions: int = 50

    def watch(self, past: Past, _plan: Plan, stream: Stream) -> Verdicts:
        """Its evidence is the crashed share as a multiple of what is allowed."""
        started = sliding(stream.new.started.sum(axis=2), self.window)
        crashed = share(sliding(stream.new.crashed, self.window), started)
        allowed = self.allowed * own_crash_share(past)[:, None] if self.times_own else self.allowed
        with np.errstate(divide="ignore", invalid="ignore"):
            evidence = np.where((started >= self.sessions) & (crashed > 0), crashed / allowed, 0.0)
        return Verdicts(first_at(evidence, np.nextafter(1.0, 2.0)), evidence)
