"""analytics/verdict/watch.py: what is held beside the engine, and the judgement that says so."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from analytics.verdict import silence, watch
from analytics.verdict.score import BANDS
from models.domain.evidence import ArmMinute, EvidenceMinute, History
from models.domain.policy import Consequence, Limit, Policy, Quantity, Signal, SignalPolicy
from models.domain.verdict import Finding, Judgement, Mode, Verdict
from tests.fakes.evidence import A_DAY, OLD, minute, numbered

NEW = "shop@1.5.0"
SESSIONS = Limit(Quantity.SESSIONS, 0.95, 5)
HURT = Limit(Quantity.HURT, 3, 5, Consequence.ROLLBACK_RECOMMENDED)
HEALTHY = (minute(0, 1), minute(1, 1), minute(0, 1)) * 60
"""Until it continues."""
INCIDENT = minute(18, 42)
"""Sixty times the usual, on both releases alike."""


def judged(policy: Policy, minutes: Sequence[EvidenceMinute]) -> list[Judgement]:
    state = watch.begin(policy, NEW, OLD, A_DAY, inferred=False)
    seen = watch.follow(state, (), numbered(minutes), policy.limits)
    return [watch.judgement(one, NEW, policy.limits) for one in seen]


def test_without_limits_nothing_is_added() -> None:
    """The verdicts and the words are the engine's own."""
    assert judged(Policy(), HEALTHY)[-1].verdict is Verdict.CONTINUE
    assert not any("limit" in reason.signal for reason in judged(Policy(), HEALTHY)[-1].reasons)


def test_a_broken_limit_holds_what_the_comparison_lets_continue() -> None:
    """An incident of everyone is not the release's fault, and the limit counts nevertheless."""
    policy = Policy(limits=(SESSIONS,))
    assert judged(Policy(), [*HEALTHY, INCIDENT])[-1].verdict is Verdict.CONTINUE
    last = judged(policy, [*HEALTHY, INCIDENT])[-1]
    assert last.verdict is Verdict.HOLD
    assert last.held_by == ("limit",)
    assert last.sentence == (
        "87.3 % of 150 sessions in the last 5 minutes did not fail;"
        " the limit, at least 95 %, was broken in the last 10."
        " Held: a limit of the policy counts whatever the baseline does."
    )


def test_a_limit_that_recommends_says_so() -> None:
    """In the sentence that people are told."""
    last = judged(Policy(limits=(HURT,)), [*HEALTHY, INCIDENT])[-1]
    assert last.held_by == ("limit", "limit_rollback")
    assert "the limit, at most 3, was broken in the last 10. The policy recommends a rollback. Held:" in last.sentence


def test_seen_and_judged_say_the_same() -> None:
    """The verdict without words is the one with them, also while a limit is broken and a source is silent."""
    policy = Policy(limits=(SESSIONS, HURT))
    silent = replace(minute(sessions=0), old=ArmMinute(started=70, healthy=70))
    state = watch.begin(policy, NEW, OLD, A_DAY, inferred=False)
    minutes = numbered([minute(2, 1)] * 6 + [silent] * 14)
    found = list(watch.follow(state, (), minutes, policy.limits))
    told = [watch.judgement(one, NEW, policy.limits) for one in found]
    assert [(one.verdict, one.held_by) for one in told] == [(one.verdict, one.held_by) for one in found]
    assert {"limit", silence.REASON} <= {reason for one in told for reason in one.held_by}


@pytest.mark.parametrize("before", [0, 60, 180])
def test_points_still_add_up(before: int) -> None:
    """What a hold by a limit takes from the score, the limit takes; before there is a verdict, and after."""
    last = judged(Policy(limits=(HURT, SESSIONS)), [*HEALTHY[:before], minute(3, 7), minute(3, 7)])[-1]
    assert last.verdict is Verdict.HOLD
    assert last.score is not None
    low, high = BANDS[Verdict.HOLD]
    assert low <= last.score <= high
    assert sum(reason.points for reason in last.reasons) == pytest.approx(100 - last.score, abs=0.11)


def test_each_limit_is_a_reason_kept_or_broken() -> None:
    """With the numbers behind it, and in the findings that all signals have."""
    limit = Limit(Quantity.SESSIONS, 0.98, 5)
    few, fine, doubt = (
        judged(Policy(limits=(limit,)), minutes)[-1].reasons[-1]
        for minutes in ([minute(0, 1)], [minute(0, 1, sessions=5_000)], [minute(1, 1)])
    )
    assert (few.verdict, fine.verdict, doubt.verdict) == (
        Finding.TOO_LITTLE_DATA,
        Finding.SAME,
        Finding.MAYBE_WORSE,
    )
    assert (fine.signal, fine.value, fine.n, fine.limit) == ("limit_unhandled_free_sessions", 1.0, 1_500, 0.98)
    none = judged(Policy(limits=(limit,)), [minute(sessions=0)])[-1].reasons[-1]
    assert (none.verdict, none.value, none.sentence.partition(";")[0]) == (
        Finding.NO_DATA,
        None,
        "No session in the last 5 minutes",
    )


def test_a_limit_holds_for_ten_minutes_more() -> None:
    """Then what the comparison says counts again."""
    policy = Policy(limits=(SESSIONS,))
    after = [*HEALTHY, *[INCIDENT] * 2, *[minute(0, 0)] * 20]
    verdicts = [one.verdict for one in judged(policy, after)][len(HEALTHY) :]
    assert verdicts[0] is Verdict.HOLD
    assert verdicts[-1] is Verdict.CONTINUE
    assert verdicts.count(Verdict.HOLD) >= 12


def test_a_policy_asks_for_another_test_only_where_it_changes_one() -> None:
    """Modes of the whole, limits and webhooks are what is done with the result; a service's budget is the service's."""
    base = Policy()
    same = [Policy(mode=Mode.AUTOMATIC), Policy(limits=(HURT,)), Policy(critical={"other": 9.0})]
    other = [
        Policy(margin=0.1),
        Policy(critical={"shop": 9.0}),
        Policy(count_abnormal=False),
        Policy(signals={Signal.USERS: SignalPolicy(margin=0.2)}),
        Policy(signals={Signal.NEW_ISSUES: SignalPolicy(weight=2.0)}),
        Policy(signals={Signal.NEW_ISSUES: SignalPolicy(mode=Mode.RECOMMEND)}),
    ]
    assert all(watch.asks(one, NEW) == watch.asks(base, NEW) for one in same)
    assert not any(watch.asks(one, NEW) == watch.asks(base, NEW) for one in other)


def test_a_critical_service_is_judged_by_its_own_budget() -> None:
    """A larger one asks for less evidence."""
    needed = [
        judged(Policy(critical=critical), [minute(0, 0)])[0].needed for critical in ({}, {"shop": 50.0}, {"blog": 50.0})
    ]
    assert needed[0] == needed[2] > needed[1]


def test_a_first_release_has_no_baseline() -> None:
    """And then none can come to serve beside it."""
    state = watch.begin(Policy(), NEW, None, History(), inferred=False)
    assert not state.concurrent
