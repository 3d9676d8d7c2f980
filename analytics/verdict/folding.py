"""One minute of evidence into the state: exposure first, then each test. No verdict is taken here."""

from math import log

import numpy as np
from msgspec.structs import replace

from analytics.statistics import e_process, likelihood
from analytics.statistics.likelihood import Vector
from analytics.verdict.state import EFFECTS_AT, MARGIN_AT, IssueTest, State, Test, thetas
from models.domain.evidence import EvidenceMinute

DECAY = 0.98
"""A minute's weight in the recent traffic a minute later: half is gone after 34 minutes."""
PRIOR_SESSIONS = 200.0
"""The planned share counts as so many sessions when the share of exposure is estimated (2.3)."""
PRIOR_UNITS = 0.5
"""Added to the hurt units of history, so that a spotless history is not taken for a rate of zero."""


def fold(state: State, minute: EvidenceMinute) -> State:
    """The state after ``minute``, which must be later than any folded before."""
    if state.as_of is not None and minute.minute <= state.as_of:
        message = f"minute {minute.minute} was folded already: the state is as of {state.as_of}"
        raise ValueError(message)
    exposed = _expose(state, minute)
    share = exposure_share(exposed, minute.exposure)
    tested = _test(exposed, minute, share)
    return replace(tested, minutes=state.minutes + 1, as_of=minute.minute)


def exposure_share(state: State, planned: float) -> float:
    """``rho``: the new arm's share of exposure. The planned share is a floor, since sessions may be told late.

    Planned for all traffic, it is no floor: what old clients still send would count as if nobody used them.
    """
    told = (state.recent_new + PRIOR_SESSIONS * planned) / (state.recent_new + state.recent_old + PRIOR_SESSIONS)
    floor = planned if planned < 1.0 else 0.0
    return min(max(floor, told), 1.0 - 1e-9)


def base_rate(state: State) -> float:
    """Hurt users a session of the old arm and of the history before the deploy; 0 if there was no session."""
    started = state.history_started + state.started_old
    return (state.history_hurt + state.hurt_old) / started if started else 0.0


def exposure(state: State) -> float:
    """Sessions of the new arm, or what its planned share of the usual traffic would be, whichever is more."""
    return max(float(state.started_new), state.expected_started)


def _expose(state: State, minute: EvidenceMinute) -> State:
    new, old, planned = minute.new, minute.old, minute.exposure
    both = new.started + old.started
    usual = state.history_started / state.history_minutes if state.history_minutes else 0.0
    return replace(
        state,
        started_new=state.started_new + new.started,
        started_old=state.started_old + old.started,
        healthy_new=state.healthy_new + new.healthy,
        healthy_old=state.healthy_old + old.healthy,
        fatal_new=state.fatal_new + new.crashed + new.unhandled + new.abnormal,
        fatal_old=state.fatal_old + old.crashed + old.unhandled + old.abnormal,
        hurt_new=state.hurt_new + new.hurt,
        hurt_old=state.hurt_old + old.hurt,
        anonymous_new=state.anonymous_new + new.anonymous,
        anonymous_old=state.anonymous_old + old.anonymous,
        expected_started=state.expected_started + planned * usual,
        overlap=state.overlap + (0.0 < planned < 1.0),
        recent_new=DECAY * state.recent_new + new.started,
        recent_old=DECAY * state.recent_old + old.started,
        recent_due=DECAY * state.recent_due + planned * both,
        recent_variance=DECAY * state.recent_variance + planned * (1.0 - planned) * both,
    )


def _test(state: State, minute: EvidenceMinute, share: float) -> State:
    new, old = minute.new, minute.old
    at, planned = thetas(state.margin), minute.exposure
    due = new.started * base_rate(state)
    users = _step(
        state, state.users, likelihood.concurrent(at, new.hurt, old.hurt, share), moved=bool(new.hurt or old.hurt)
    )
    unit_share = min(max(planned, 1e-9), 1.0 - 1e-9)
    counted = likelihood.concurrent(at, new.anonymous, old.anonymous, unit_share)
    units = _step(state, state.units, counted, moved=bool(new.anonymous or old.anonymous))
    expected = new.started * (state.history_hurt + PRIOR_UNITS) / max(state.history_started, 1)
    known = likelihood.known_mean(at, new.hurt, expected)
    sequential = _step(state, state.sequential, known, moved=bool(new.hurt or new.started))
    gained = due * (1.0 - share) * _divergence(2.0, 1.0 + state.margin)
    return replace(
        state,
        users=users,
        units=units,
        sequential=sequential if state.history_started else state.sequential,
        issues=_issues(state, minute),
        information=state.information + gained,
        expected=state.expected + old.hurt * share / (1.0 - share),
        onset=_onset(state, users, minute),
    )


def _step(state: State, test: Test, increment: Vector, *, moved: bool) -> Test:
    """The test after one more minute. Without counts only the stakes on a later onset move."""
    running = np.asarray(test.running)
    if not moved:
        increment = np.zeros(len(increment))
    stepped = e_process.onset_step(running, increment[EFFECTS_AT], state.minutes, state.bake_minutes)
    total = np.asarray(test.likelihood) + increment if moved else np.asarray(test.likelihood)
    evidence = e_process.log_evidence(stepped, float(total[MARGIN_AT]), state.minutes, state.bake_minutes)
    return Test(tuple(total.tolist()), tuple(stepped.tolist()), evidence)


def _issues(state: State, minute: EvidenceMinute) -> tuple[IssueTest, ...]:
    """New issues with the users this minute added; users wait until sessions tell of exposure."""
    if not state.issues and not minute.new_issues:
        return ()
    tests = {test.issue: test for test in state.issues}
    for told in minute.new_issues:
        test = tests.get(told.issue, IssueTest(told.issue))
        tests[told.issue] = replace(test, pending=test.pending + told.users)
    if minute.new.started <= 0:
        return tuple(tests.values())
    exposed = exposure(state)
    return tuple(_settle(test, exposed) for test in tests.values())


def _settle(test: IssueTest, exposed: float) -> IssueTest:
    users = test.users + test.pending
    return IssueTest(test.issue, users, 0, e_process.log_issue_evidence(users, exposed))


def _onset(state: State, users: Test, minute: EvidenceMinute) -> int | None:
    """The first minute of hurt users since the evidence last stood below even odds."""
    if users.log_evidence <= 0.0:
        return minute.minute if minute.new.hurt else None
    return state.onset if state.onset is not None else minute.minute


def _divergence(one: float, other: float) -> float:
    """Nats a unit between Poisson rates: KL(a|b) = a ln(a/b) - (a - b) (2.6)."""
    return one * log(one / other) - (one - other)
