"""A fixed threshold on the success rate, with a limit on how often it may be missed.

Argo Rollouts, docs/features/analysis.md: every ``interval`` a query's result is held against ``successCondition``; the
analysis fails, and the rollout is aborted, once more than ``failureLimit`` measurements failed, in a row or not (the
example: 5 minutes, 0.95, 3). Flagger, docs/gitbook/usage/how-it-works.md and pkg/controller/scheduler.go: each
``interval`` a check; the canary is rolled back once ``threshold`` checks failed (the example: 1 minute, 99 %, 10).

A success is a session that ended without a crash; what has not ended is no result yet. An interval in which no session
ended is skipped: both tools would fail it or stop with an error, which is not a judgement of the release. There is no
control, so that a replace is watched like a canary. Failures count over the whole watch, as Argo counts in the
background; an analysis of Flagger is usually over within the hour.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.judges.control import own_crash_share, share
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at, known_since, sums
from benchmarks.decisions.streams import Past, Plan, Stream


@dataclass(frozen=True, slots=True)
class FixedThreshold:
    name: str
    source: str
    interval: int
    """Minutes."""
    allowed: float
    """The largest share of crashed sessions that is a success; 1 less the success rate of the tools."""
    failures: int
    """So many failed intervals roll back: Argo's ``failureLimit`` + 1, Flagger's ``threshold``."""
    times_own: bool = False
    """Whether `allowed` is a multiple of the service's own share of the 14 days before, as a careful operator sets."""

    def watch(self, past: Past, _plan: Plan, stream: Stream) -> Verdicts:
        crashed, ended = sums(stream.new.crashed, self.interval), sums(stream.new.ended, self.interval)
        allowed = self.allowed * own_crash_share(past)[:, None] if self.times_own else self.allowed
        failed = share(crashed, ended) > allowed
        counted = np.cumsum(failed.astype(int), axis=1)
        evidence = known_since(counted, self.interval, stream.new.crashed.shape[1], before=0)
        return Verdicts(first_at(evidence, self.failures), evidence)
