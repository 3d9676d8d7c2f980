"""What a state says: its evidence, and whether it can carry a verdict."""

from math import log

import numpy as np

from analytics.statistics import e_process
from analytics.statistics.likelihood import GRID, log_sum
from analytics.verdict.state import LIMIT_AT, NO_HARM_LIMIT, State, Test

WEIGHT_USERS, WEIGHT_ISSUES = 0.50 / 0.72, 0.22 / 0.72
"""The stakes of 2.2 on the two signals, shared out over them alone; a signal without data keeps its stake at E = 1."""


def needed(state: State) -> float:
    """What the combined ``log E`` must reach for a rollback."""
    return e_process.threshold(state.alpha)


def combined_evidence(state: State) -> float:
    """``log E``: the weighted mean of the signals' e-values, valid whatever their dependence."""
    if not comparable(state):
        return max(state.sequential.log_evidence, log(WEIGHT_ISSUES) + issues_evidence(state))
    users = state.users if identified(state) else state.units
    return log_sum([log(WEIGHT_USERS) + users.log_evidence, log(WEIGHT_ISSUES) + issues_evidence(state)])


def issues_evidence(state: State) -> float:
    """``log E`` of the new issues: the i-th has 6/(pi^2 i^2) of the stake; those not seen yet stand at 1."""
    weights = [e_process.issue_weight(rank) for rank in range(1, len(state.issues) + 1)]
    parts = [log(weight) + test.log_evidence for weight, test in zip(weights, state.issues, strict=True)]
    left = 1.0 - sum(weights)
    return log_sum([*parts, log(max(left, 1e-300))])


def primary(state: State) -> Test:
    """The test of the primary signal: users hurt beside the baseline, else failures beside it, else against history."""
    if not comparable(state):
        return state.sequential
    return state.users if identified(state) else state.units


def comparable(state: State) -> bool:
    """Whether the baseline served at the same time: only then can time of day and incidents not be taken for harm."""
    return state.concurrent and state.overlap > 0


def identified(state: State) -> bool:
    """Whether users can be told apart: some hurt user had an identity, or nothing unhandled came without one."""
    return state.hurt_new + state.hurt_old > 0 or state.anonymous_new + state.anonymous_old == 0


def exposed(state: State) -> bool:
    """Whether anything at all is known of the new arm; a hurt user is exposure too."""
    return bool(state.started_new > 0 or state.hurt_new or state.anonymous_new or state.issues)


def enough(state: State) -> float:
    """The information, in nats, that a verdict of ``continue`` needs: that of a doubled rate being found."""
    return log(1.0 / state.alpha) + 2.0


def proved(state: State) -> bool:
    """Whether being 1.5 times as bad is refuted (E >= 20)."""
    likelihood = np.asarray(state.users.likelihood)
    return e_process.log_no_harm(likelihood[: len(GRID)], GRID, float(likelihood[LIMIT_AT]), NO_HARM_LIMIT) >= log(20)
