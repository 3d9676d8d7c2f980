"""The score, 0 to 100, whose points add up and which never contradicts the verdict (decision-engine.md, 2.8)."""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

import numpy as np

from analytics.statistics import likelihood
from analytics.statistics.e_process import ISSUE_RATE
from analytics.statistics.likelihood import GRID, Vector
from analytics.verdict.reading import comparable, exposed, exposure, issues_evidence, primary
from analytics.verdict.state import State
from models.domain.policy import Signal
from models.domain.verdict import Verdict

BANDS = {Verdict.ROLLBACK: (0.0, 29.0), Verdict.HOLD: (30.0, 69.0), Verdict.CONTINUE: (70.0, 100.0)}
USERS_COST, ISSUES_COST = 1.0, 0.7
BAD_ODDS = 0.05 / 0.95
"""Odds that a release is bad before anything is known of it."""
WORST = log(4.0)
"""A rate four times the limit costs all of a signal's points."""


@dataclass(frozen=True, slots=True)
class Score:
    total: float | None
    users_points: float = 0.0
    issues_points: float = 0.0
    """What each signal takes from 100; the two add up to ``100 - total``."""


def score(state: State, verdict: Verdict) -> Score:
    if not exposed(state) or (verdict is Verdict.INSUFFICIENT_DATA and not measured(state)):
        return Score(None)
    users = USERS_COST * users_severity(state) if state.stakes[Signal.USERS] else 0.0
    issues = ISSUES_COST * issues_severity(state) if state.stakes[Signal.NEW_ISSUES] else 0.0
    low, high = BANDS.get(verdict, (0.0, 100.0))
    total = round(min(max(100.0 * (1.0 - users) * (1.0 - issues), low), high), 1)
    lost = 100.0 - total
    damage = -log(1.0 - min(users, 1 - 1e-9)) - log(1.0 - min(issues, 1 - 1e-9))
    share = -log(1.0 - min(users, 1 - 1e-9)) / damage if damage > 0.0 else 1.0
    users_points = round(lost * share, 1)
    return Score(total, users_points, round(lost - users_points, 1))


def measured(state: State) -> bool:
    """Whether there is anything to measure the release by: a baseline beside it, or what was before."""
    return comparable(state) or state.history_started > 0


def users_severity(state: State) -> float:
    """``E[min(1, ln+(theta / (1 + margin)) / ln 4)]`` over the posterior of theta, 0..1."""
    weights, severity = _prior_and_severity(state.margin)
    return float((likelihood.posterior(np.asarray(primary(state).likelihood[: len(GRID)]), weights) * severity).sum())


@lru_cache(maxsize=32)
def _prior_and_severity(margin: float) -> tuple[Vector, Vector]:
    severity = np.clip(np.log(GRID / (1.0 + margin)) / WORST, 0.0, 1.0)
    return likelihood.prior(margin), severity


def issues_severity(state: State) -> float:
    """How likely a new issue is to be harm, times how far its rate exceeds what healthy new issues reach; 0..1."""
    counted = [test for test in state.issues if test.users]
    if not counted:
        return 0.0
    odds = BAD_ODDS * exp(min(issues_evidence(state), 50.0))
    worst = max(test.users for test in counted) / (ISSUE_RATE * max(exposure(state), 1.0))
    return odds / (1.0 + odds) * min(1.0, max(0.0, log(max(worst, 1e-9)) / WORST))
