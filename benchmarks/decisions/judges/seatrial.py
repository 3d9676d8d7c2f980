"""Seatrial's own engine (`analytics.trial`), at one and the same setting for every cell."""

from dataclasses import dataclass

import numpy as np

from analytics.statistics.profile import Past as Bins
from analytics.trial import known, trial
from analytics.trial.minutes import Arm, Minute
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.streams import Arm as Counted
from benchmarks.decisions.streams import Counts, Flags, Past, Plan, Shares, Stream

RAMP_SHARE = 0.5
"""What a ramp is expected to have on average: its later steps are not known before."""
IN_A_ROW = 2
"""Minutes above the threshold, where there is nothing beside the release to compare with (2.6)."""


@dataclass(frozen=True, slots=True)
class Seatrial:
    name: str = "seatrial"
    source: str = "decision-engine.md, 2 and 2A"
    alpha: float = 0.01

    def watch(self, past: Past, plan: Plan, stream: Stream) -> Verdicts:
        kind, minutes = plan.kind, len(plan.share)
        share = RAMP_SHARE if kind == "ramp" else float(plan.share[0])
        of = trial.prepare(kind, of_past(past), share, minutes, self.alpha)
        state = trial.begin(of, stream.issues.shape[2])
        evidence = np.empty(stream.new.errors.shape)
        barred = np.empty(stream.new.errors.shape, bool)
        for at in range(minutes):
            barred[:, at] = trial.frozen(of, state)
            state = trial.step(of, state, minute_of(plan, stream, at))
            evidence[:, at] = trial.log_evidence(of, state)
            barred[:, at] |= trial.faulty(state) & (kind == "replace")
        in_a_row = IN_A_ROW if kind == "replace" else 1
        return Verdicts(rolled_back(evidence, barred, of.threshold, in_a_row), evidence)


def rolled_back(evidence: Shares, barred: Flags, threshold: float, in_a_row: int) -> Counts:
    """[R] the first minute that ends so many in a row above the threshold; T if none does."""
    above = (evidence >= threshold) & ~barred
    steady = above.copy()
    for back in range(1, in_a_row):
        steady[:, back:] &= above[:, :-back]
        steady[:, :back] = False
    first: Counts = np.where(steady.any(axis=1), steady.argmax(axis=1), np.int64(evidence.shape[1]))
    return first


def of_past(past: Past) -> known.Known:
    floats = {name: getattr(past, name).astype(float) for name in past.__slots__}
    siblings = floats["sibling_started"], floats["sibling_hurt"]
    crash = Bins(floats["started"], floats["hurt"], *siblings)
    started = floats["started"].sum(axis=-1, keepdims=True)
    errors = Bins(started, floats["errors"][..., np.newaxis], *siblings)
    return known.learn(crash, errors, floats["feedback"], floats["negative"])


def minute_of(plan: Plan, stream: Stream, at: int) -> Minute:
    return Minute(
        share=np.full(len(stream.issues), plan.share[at]),
        new=_arm(stream.new, at),
        old=_arm(stream.old, at),
        issues=stream.issues[:, at].astype(float),
        sibling_started=stream.sibling_started[:, at].astype(float),
        sibling_hurt=stream.sibling_hurt[:, at].astype(float),
    )


def _arm(arm: Counted, at: int) -> Arm:
    counted = (arm.started, arm.hurt, arm.errors, arm.feedback, arm.negative)
    return Arm(*(of[:, at].astype(float) for of in counted))
