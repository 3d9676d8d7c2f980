"""The decision engine: a fold over minutes, ``observe(state, minute) -> (state, judgement)``.

Newly hurt users of the new arm against those of the old one at the same time (a conditional binomial test, exact for
any traffic shape and shared incident), and users hit by issues that are new in the release (decision-engine.md, 2.2,
2.3, 2.6 and 2A, P1, P3, P7). Looking after every minute spends nothing: at theta = 1 a release is ever rolled back
with probability at most alpha.
"""

from dataclasses import dataclass
from math import log, sqrt

from msgspec.structs import replace

from analytics.verdict import explanation
from analytics.verdict.folding import fold
from analytics.verdict.reading import (
    combined_evidence,
    comparable,
    enough,
    exposed,
    identified,
    information,
    needed,
    ratio_of,
    served_beside,
    weighted_evidence,
)
from analytics.verdict.score import score
from analytics.verdict.state import State, dump, initial, load
from models.domain.evidence import Baseline, EvidenceMinute, History
from models.domain.policy import Policy, Signal
from models.domain.verdict import Judgement, Verdict

__all__ = ["State", "Step", "begin", "dump", "explain", "history", "load", "observe", "step"]

HOLD_AT, CALM_BELOW = log(10), log(5)
CALM_MINUTES, HOLD_MINUTES = 3, 10
"""A hold ends after 3 quiet minutes in a row, and not before it lasted 10."""

RATIO_Z, RATIO_VARIANCE = 5.0, 4.0
"""Sessions in other shares than planned: |z| > 5 at 4 times the binomial variance, for a user has several sessions."""

NO_ROLLBACK = frozenset({"no_concurrent_baseline", "no_identity"})
HOLDS = frozenset({"sample_ratio", "above_history", "unknown_users"})
"""Reasons of `withheld` under which evidence is no ground for a rollback; that hold by themselves."""
SIGNAL_MODE = "signal_mode"
"""Why a rollback is only recommended: the signals that may do more have not reached it by themselves."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a minute came to, not yet explained."""

    state: State
    verdict: Verdict
    held_by: tuple[str, ...]
    evidence: float


def begin(policy: Policy, history: History, baseline: Baseline, *, inferred: bool = False) -> State:
    """The state before the first minute. ``inferred``: nobody told of the deploy; its verdict can only recommend."""
    return initial(policy, history, baseline, inferred=inferred)


def history(state: State) -> History:
    """What a state was begun with."""
    told = state.history_minutes, state.history_started, state.history_hurt, state.history_old
    return History(*told)


def observe(state: State, minute: EvidenceMinute) -> tuple[State, Judgement]:
    """Fold one minute and judge. Pure: an open minute is judged by the same call, its state thrown away."""
    stepped = step(state, minute)
    return stepped.state, explain(stepped)


def step(state: State, minute: EvidenceMinute) -> Step:
    """Fold one minute and decide, without the words for it: those take three times as long."""
    folded = fold(state, minute)
    evidence = combined_evidence(folded)
    held_by = withheld(folded)
    verdict, settled = _decide(folded, evidence, held_by, minute.minute)
    if verdict is Verdict.ROLLBACK and not settled.acting:
        held_by = (*held_by, SIGNAL_MODE)
    return Step(settled, verdict, held_by, evidence)


def explain(stepped: Step) -> Judgement:
    state, verdict = stepped.state, stepped.verdict
    return explanation.judgement(state, verdict, stepped.evidence, stepped.held_by, score(state, verdict))


def withheld(state: State) -> tuple[str, ...]:
    """Why a rollback must not follow, or why the release must wait, however the counts stand."""
    reasons = []
    if not comparable(state):
        reasons.append("no_concurrent_baseline")
    elif not identified(state):
        reasons.append("no_identity")
    elif not state.stakes[Signal.USERS]:
        pass  # it is only observed
    elif state.planned >= 1.0 and state.sequential.log_evidence >= HOLD_AT:
        reasons.append("above_history")
    elif _unknown_users_fail(state):
        reasons.append("unknown_users")
    if state.inferred:
        reasons.append("inferred_deploy")
    if _shares_differ(state):
        reasons.append("sample_ratio")
    return tuple(reasons)


def _unknown_users_fail(state: State) -> bool:
    """Whether failures of nobody known are more than an even split would explain, beside users who are known.

    Jobs fail as often on either release, whatever its share of the traffic; that is no sign of harm.
    """
    if not served_beside(state):
        return False
    _, low, _ = ratio_of(state.units)
    return low > (1.0 + state.margin) * max(1.0, (1.0 - state.planned) / state.planned)


def _shares_differ(state: State) -> bool:
    """Whether sessions split in clearly other shares than planned: then one of the two is mismeasured."""
    if not served_beside(state) or state.started_new <= 0 or state.started_old <= 0:
        return False
    chance = RATIO_Z * sqrt(RATIO_VARIANCE * state.recent_variance)
    return not state.recent_low - chance <= state.recent_new <= state.recent_high + chance


def _decide(state: State, evidence: float, held_by: tuple[str, ...], minute: int) -> tuple[Verdict, State]:
    """The first line of 2.6 that matches wins: rollback, hold, insufficient, continue; nothing at all is no verdict."""
    if not exposed(state) and not state.latched:
        return Verdict.INSUFFICIENT_DATA, state
    if state.latched or (evidence >= needed(state) and not NO_ROLLBACK & set(held_by)):
        acting = state.acting or weighted_evidence(state, state.alone) >= needed(state)
        return Verdict.ROLLBACK, replace(state, latched=True, acting=acting)
    if evidence >= HOLD_AT or HOLDS & set(held_by):
        since = state.holding_since if state.holding_since is not None else minute
        return Verdict.HOLD, replace(state, holding_since=since, calm=0)
    if state.holding_since is not None:
        calm = state.calm + 1 if evidence < CALM_BELOW else 0
        if calm < CALM_MINUTES or minute - state.holding_since < HOLD_MINUTES:
            return Verdict.HOLD, replace(state, calm=calm)
        state = replace(state, holding_since=None, calm=0)
    if not comparable(state) or not identified(state) or information(state) < enough(state):
        return Verdict.INSUFFICIENT_DATA, state
    return Verdict.CONTINUE, state
