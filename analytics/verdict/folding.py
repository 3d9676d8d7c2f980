"""One minute of evidence into the state: exposure first, then each test. No verdict is taken here."""

from math import log, sqrt

import numpy as np
from msgspec.structs import replace

from analytics.statistics import e_process, likelihood, onset
from analytics.statistics.likelihood import Vector
from analytics.verdict.reading import (
    base_rate,
    comparable,
    exposure,
    exposure_share,
    served_beside,
    usual_sessions,
)
from analytics.verdict.state import EFFECTS_AT, MARGIN_AT, IssueTest, State, Test, thetas
from models.domain.evidence import ArmMinute, EvidenceMinute, IssueMinute

DECAY = 0.98
"""A minute's weight in the recent traffic a minute later: half is gone after 34 minutes."""
PRIOR_UNITS = 0.5
"""Added to the hurt users of history, so that a spotless history is not taken for a rate of zero."""
HISTORY_SPREAD = 2.0
"""Standard deviations by which history may have fallen short of its own rate before the release is blamed for it."""
MOST_ISSUES = 200
"""New issues that are tested, about 20 KB of state; the stake on the 200th needs 11 nats to be won back."""


def fold(state: State, minute: EvidenceMinute) -> State:
    """The state after ``minute``, which must be later than any folded before."""
    if state.as_of is not None and minute.minute <= state.as_of:
        message = f"minute {minute.minute} was folded already: the state is as of {state.as_of}"
        raise ValueError(message)
    exposed = _expose(state, minute)
    tested = _test(state, exposed, minute)
    return replace(tested, issues=_issues(exposed, minute), minutes=state.minutes + 1, as_of=minute.minute)


def _expose(state: State, minute: EvidenceMinute) -> State:
    new, old, planned = minute.new, minute.old, minute.exposure
    return replace(
        _recent(state, new.started, old.started, planned),
        started_new=state.started_new + new.started,
        started_old=state.started_old + old.started,
        healthy_new=state.healthy_new + new.healthy,
        healthy_old=state.healthy_old + old.healthy,
        fatal_new=state.fatal_new + _fatal(new),
        fatal_old=state.fatal_old + _fatal(old),
        hurt_new=state.hurt_new + new.hurt,
        hurt_old=state.hurt_old + old.hurt,
        anonymous_new=state.anonymous_new + new.anonymous,
        anonymous_old=state.anonymous_old + old.anonymous,
        expected_started=state.expected_started + planned * usual_sessions(state),
        overlap=state.overlap + (0.0 < planned < 1.0),
    )


def _recent(state: State, new: int, old: int, planned: float) -> State:
    """Recent sessions, and what the plans allow. A session that moved to another release may leave less than none."""
    plans = (*state.plans[1:], planned)
    both = max(new + old, 0)
    # Planned for all traffic, what old clients still start is no fault.
    low = min(plan if plan < 1.0 else 0.0 for plan in plans)
    return replace(
        state,
        plans=plans,
        recent_new=max(DECAY * state.recent_new + new, 0.0),
        recent_old=max(DECAY * state.recent_old + old, 0.0),
        recent_low=DECAY * state.recent_low + low * both,
        recent_high=DECAY * state.recent_high + max(plans) * both,
        recent_variance=DECAY * state.recent_variance + max(plan * (1.0 - plan) for plan in plans) * both,
    )


def _fatal(arm: ArmMinute) -> int:
    return arm.crashed + arm.unhandled + arm.abnormal


def _test(before: State, state: State, minute: EvidenceMinute) -> State:
    """The tests beside the old arm bet only while both are planned to serve: else nobody knows the share of either."""
    sequential = _sequential(state, minute.new)
    if not served_beside(state):
        users, units = _step(state, state.users), _step(state, state.units)
        return replace(state, users=users, units=units, sequential=sequential, onset=_onset(state, users, minute))
    new, old, planned = minute.new, minute.old, minute.exposure
    at, share = thetas(state.margin), exposure_share(state)
    # While nobody hurt on the old arm was ever named, a release that begins to name its users must not look worse.
    named = old.hurt if before.hurt_old or before.history_hurt else old.hurt + old.anonymous
    users = _step(state, state.users, likelihood.concurrent(at, new.hurt, named, share))
    units = _step(state, state.units, likelihood.concurrent(at, new.anonymous, old.anonymous, planned))
    return replace(
        state,
        users=users,
        units=units,
        sequential=sequential,
        due=state.due + new.started * base_rate(state) * (1.0 - share),
        seen=state.seen + old.hurt * share,
        compared=state.compared + new.hurt,
        compared_units=state.compared_units + new.anonymous,
        expected=state.expected + old.hurt * share / (1.0 - share),
        expected_units=state.expected_units + old.anonymous * planned / (1.0 - planned),
        onset=_onset(state, users, minute),
    )


def _sequential(state: State, new: ArmMinute) -> Test:
    """Against the history, whose own chance is granted to the release."""
    if not state.history_started:
        return state.sequential
    hurt = state.history_hurt + PRIOR_UNITS
    # After a step up errors are told already and sessions are not: the usual traffic counts at least.
    untold = usual_sessions(state) * state.planned if min(state.plans) < state.planned else 0.0
    expected = max(new.started, untold, 0.0) * (hurt + HISTORY_SPREAD * sqrt(hurt)) / state.history_started
    return _step(state, state.sequential, likelihood.known_mean(thetas(state.margin), new.hurt, expected))


def _step(state: State, test: Test, increment: Vector | None = None) -> Test:
    """The test after one more minute. Without counts only the stakes on a later onset move."""
    moved = increment if increment is not None else np.zeros(len(test.likelihood))
    stakes = onset.usual(state.bake_minutes)
    running = onset.step(np.asarray(test.running), moved[EFFECTS_AT], stakes.stake(state.minutes))
    total = np.asarray(test.likelihood) + moved
    evidence = e_process.log_evidence(running, float(total[MARGIN_AT]), stakes.unspent(state.minutes))
    return Test(tuple(total.tolist()), tuple(running.tolist()), float(evidence))


def _issues(state: State, minute: EvidenceMinute) -> tuple[IssueTest, ...]:
    """New issues with the users this minute added; to a first release every issue is new, which says nothing."""
    if state.baseline is None or not (state.issues or minute.new_issues):
        return ()
    tests = {test.issue: test for test in state.issues}
    for told in minute.new_issues:
        if told.issue in tests or len(tests) < MOST_ISSUES:
            tests[told.issue] = _tell(state, tests.get(told.issue), told)
    exposed = exposure(state) if minute.new.started > 0 else None
    return tuple(_weigh(state, test, exposed) for test in tests.values())


def _tell(state: State, known: IssueTest | None, told: IssueMinute) -> IssueTest:
    """With this minute's users. The one by whom it was found is no bet won: found on the old arm, it were not new."""
    test = known or IssueTest(told.issue)
    test = replace(test, pending=test.pending + told.users)
    if not served_beside(state):
        return test
    users = told.users - (known is None and told.users > 0)
    moved = likelihood.concurrent(e_process.ISSUE_EFFECTS, users, told.old, exposure_share(state))
    return replace(test, beside=tuple((np.asarray(test.beside) + moved).tolist()))


def _weigh(state: State, test: IssueTest, exposed: float | None) -> IssueTest:
    """Beside an old arm, the weaker of two proofs counts: that the issue bursts, and that it is the release's own.

    A new fault of a third party bursts on both. Users wait until sessions tell of exposure.
    """
    if exposed is not None:
        users = test.users + test.pending
        test = replace(test, users=users, pending=0, burst=float(e_process.log_issue_evidence(users, exposed)))
    if not comparable(state):
        return replace(test, log_evidence=test.burst)
    own = likelihood.log_sum(test.beside) - log(len(test.beside))
    return replace(test, log_evidence=min(test.burst, own))


def _onset(state: State, users: Test, minute: EvidenceMinute) -> int | None:
    """The first minute of hurt users since the evidence last stood below even odds."""
    if users.log_evidence <= 0.0:
        return minute.minute if minute.new.hurt else None
    return state.onset if state.onset is not None else minute.minute
