"""What a state says: its exposure and evidence, and whether it can carry a verdict."""

from collections.abc import Iterable
from math import inf, log

import numpy as np

from analytics.statistics import e_process
from analytics.statistics.likelihood import GRID, confidence_sequence, divergence, estimate, log_sum
from analytics.verdict.state import LIMIT_AT, NO_HARM_LIMIT, State, Test
from models.domain.policy import Signal

PRIOR_SESSIONS = 200.0
"""The planned share counts as so many sessions when the share of exposure is estimated (2.3)."""
FOUND = 2.0
"""A verdict of ``continue`` needs the information by which a rate so many times as high would have been found."""
NAMED_DUE = 3.0
"""Hurt users due on the new arm; were users named there, none at all would come by chance once in e^3 = 20 times."""


# Exposure -----------------------------------------------------------------------------------------------------------


def exposed(state: State) -> bool:
    """Whether anything at all is known of the new arm; a hurt user is exposure too."""
    return bool(state.started_new > 0 or state.hurt_new or state.anonymous_new or state.issues)


def usual_sessions(state: State) -> float:
    """Sessions a minute in the day before the deploy; 0 if none are known."""
    return state.history_started / state.history_minutes if state.history_minutes else 0.0


def exposure(state: State) -> float:
    """Sessions of the new arm, or what its planned share of the usual traffic would be, whichever is more."""
    return max(float(state.started_new), state.expected_started)


def exposure_share(state: State) -> float:
    """``rho``: the new arm's share while both serve. The planned one is a floor, since sessions may be told late."""
    told = state.recent_new + state.recent_old
    estimate = (state.recent_new + PRIOR_SESSIONS * state.planned) / (told + PRIOR_SESSIONS)
    return min(max(state.planned, estimate), 1.0 - 1e-9)


def base_rate(state: State) -> float:
    """Hurt users a session, at most 1, of the old arm and of the history before the deploy; 0 without sessions."""
    started = state.history_started + state.started_old
    return min((state.history_hurt + state.hurt_old) / started, 1.0) if started > 0 else 0.0


def served_beside(state: State) -> bool:
    """Whether both arms were to have traffic in the last minute."""
    return 0.0 < state.planned < 1.0


# What can be compared -----------------------------------------------------------------------------------------------


def comparable(state: State) -> bool:
    """Whether the baseline served at the same time: only then can time of day and incidents not be taken for harm.

    It must have been heard of: a baseline by another name than its SDK sends would seem to hurt nobody.
    """
    heard = state.history_old > 0 or state.started_old > 0 or state.hurt_old > 0 or state.anonymous_old > 0
    return state.concurrent and state.overlap > 0 and heard


def identified(state: State) -> bool:
    """Whether users can be told apart: some hurt user was named, or nothing unhandled came without a name.

    If the new arm has failures of nobody, and no named user where several were due, it lost the names.
    """
    if not state.hurt_new + state.hurt_old:
        return not state.anonymous_new + state.anonymous_old
    return state.hurt_new > 0 or state.anonymous_new == 0 or state.expected < NAMED_DUE


def primary(state: State) -> Test:
    """The test of the primary signal: users hurt beside the baseline, else failures beside it, else against history."""
    if not comparable(state):
        return state.sequential
    return state.users if identified(state) else state.units


def ratio_of(test: Test) -> tuple[float, float, float]:
    """The estimate of theta and its always-valid 95 % interval."""
    values = np.asarray(test.likelihood[: len(GRID)])
    low, high = confidence_sequence(values, 0.05)
    return estimate(values), low, high


# Evidence -----------------------------------------------------------------------------------------------------------


def needed(state: State) -> float:
    """What the combined ``log E`` must reach for a rollback."""
    return e_process.threshold(state.alpha)


def stake(state: State, signal: str) -> float:
    """The logarithm of the share of the bet on a signal; minus infinity on one that is only observed."""
    share = state.stakes[signal]
    return log(share) if share > 0.0 else -inf


def combined_evidence(state: State) -> float:
    """``log E``: the weighted mean of the signals' e-values, valid whatever their dependence.

    A signal without data keeps its stake at E = 1.
    """
    if comparable(state):
        return weighted_evidence(state, Signal)
    issues = weighted_evidence(state, [Signal.NEW_ISSUES])
    return max(state.sequential.log_evidence, issues) if state.stakes[Signal.USERS] > 0.0 else issues


def weighted_evidence(state: State, signals: Iterable[str]) -> float:
    """The same of some of the signals; the others count as E = 0, so that less proves what all would have to."""
    logs = {Signal.USERS: primary(state).log_evidence, Signal.NEW_ISSUES: issues_evidence(state)}
    parts = [stake(state, signal) + logs[Signal(signal)] for signal in signals]
    return log_sum(parts) if parts else -inf


def issues_evidence(state: State) -> float:
    """``log E`` of the new issues: the i-th has 6/(pi^2 i^2) of the stake; those not seen yet stand at 1."""
    weights = [e_process.issue_weight(rank) for rank in range(1, len(state.issues) + 1)]
    parts = [log(weight) + test.log_evidence for weight, test in zip(weights, state.issues, strict=True)]
    left = 1.0 - sum(weights)
    return log_sum([*parts, log(max(left, 1e-300))])


def information(state: State) -> float:
    """Nats gathered towards finding a doubled rate (2.6): by the sessions and by the users hurt, whichever is less.

    So neither sessions without errors nor errors without sessions let a release pass.
    """
    stretch = e_process.stretch(state.margin)
    return max(min(state.due, state.seen), 0.0) * divergence(FOUND * stretch, 1.0 + state.margin)


def enough(state: State) -> float:
    """The information, in nats, that a verdict of ``continue`` needs."""
    return log(1.0 / state.alpha) + 2.0


def proved(state: State) -> bool:
    """Whether being 1.5 times as bad is refuted (E >= 20)."""
    likelihood = np.asarray(state.users.likelihood)
    return e_process.log_no_harm(likelihood[: len(GRID)], GRID, float(likelihood[LIMIT_AT]), NO_HARM_LIMIT) >= log(20)
