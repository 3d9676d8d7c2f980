"""The physical limit: a likelihood-ratio test that knows both rates minute by minute, and what the fault is.

It knows effect, onset, signal and segment of each release, hence the likelihood of what it sees under health and under
the fault, and rolls back at a ratio of ``1/alpha`` (Wald's test with one side; Ville: on a healthy release it is ever
reached with probability at most alpha). Of a healthy release there is no fault to tell it: its evidence stays 0 there,
which says nothing, so that it is only asked about bad ones.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from benchmarks.decisions.judges.known_rates import added, multiplied, worsened
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at
from benchmarks.decisions.streams import Past, Plan, Shares, Stream, Truth


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    name: str = "oracle"
    source: str = "the likelihood ratio of fault and health, both known"
    alpha: float = 0.01

    def watch(self, _past: Past, _plan: Plan, stream: Stream, truth: Truth) -> Verdicts:
        """Its evidence is the log-likelihood ratio."""
        evidence = log_ratios(stream, truth).cumsum(axis=1)
        return Verdicts(first_at(evidence, -log(self.alpha)), evidence)


def log_ratios(stream: Stream, truth: Truth) -> Shares:
    """[R, T] what each minute adds."""
    new, due = stream.new, truth.new
    match truth.signal:
        case "crash":
            hit = (truth.segment[:, None] < 0) | (truth.segment[:, None] == np.arange(new.hurt.shape[2]))
            by_segment = multiplied(new.hurt, due.hurt, truth.effect[:, :, None])
            ratios: Shares = (by_segment * hit[:, None, :]).sum(axis=2)
            return ratios
        case "errors":
            return multiplied(new.errors, due.errors, truth.effect)
        case "issue":
            return added(stream.issues[:, :, 0], truth.issues[:, :, 0], truth.fault)
        case "feedback":
            return worsened(new.negative, new.feedback, due.negative, truth.effect)
    raise ValueError(f"{truth.signal!r} is no signal: crash, errors, issue or feedback")
