"""analytics/verdict/engine.py: the verdict, one behaviour of decision-engine.md, 2.6, a test."""

from dataclasses import replace
from itertools import pairwise

import pytest

from analytics.verdict import engine
from models.domain.evidence import ArmMinute, Baseline, EvidenceMinute, History, IssueMinute
from models.domain.policy import Policy
from models.domain.verdict import Verdict
from tests.fakes.evidence import A_DAY, BESIDE, OLD, UNKNOWN, Watched, minute, numbered

CONTINUE, HOLD, ROLLBACK, INSUFFICIENT = (
    Verdict.CONTINUE,
    Verdict.HOLD,
    Verdict.ROLLBACK,
    Verdict.INSUFFICIENT_DATA,
)
HEALTHY = (minute(0, 1), minute(1, 0), minute(0, 1), minute(0, 0))
"""Four minutes in which users are hurt about as the traffic is split."""
NO_SESSIONS = ArmMinute()


def quiet_hold() -> Watched:
    """A release held, and not rolled back, in its tenth minute."""
    watched = Watched().see(*HEALTHY, minute(0, 1), times=2)
    while watched.now.verdict is not HOLD:
        watched.see(minute(1, 0))
    return watched


# The verdicts -------------------------------------------------------------------------------------------------------


def test_a_healthy_canary_continues() -> None:
    """Once there is the information by which a doubled rate would have been found, and not before."""
    watched = Watched().see(minute(0, 1), minute(1, 1), minute(0, 1), times=60)

    assert watched.now.verdict is CONTINUE
    assert watched.now.confidence == 1.0
    assert watched.verdicts[0] is INSUFFICIENT
    assert set(watched.verdicts) == {INSUFFICIENT, CONTINUE}


def test_a_bad_canary_is_rolled_back() -> None:
    """Five times as many users hurt as beside it: within minutes, with evidence beyond what is needed."""
    watched = Watched().see(minute(2, 1), times=12)

    assert watched.now.verdict is ROLLBACK
    assert watched.now.log_evidence >= watched.now.needed
    assert watched.found[0].verdict is INSUFFICIENT


def test_a_burst_is_rolled_back_in_its_first_minute() -> None:
    """Twenty users at once on a third of the traffic."""
    assert Watched().see(minute(20, 1)).now.verdict is ROLLBACK


def test_a_shared_incident_is_not_blamed_on_the_release() -> None:
    """Thirty times the usual number of users hurt, split as the traffic is."""
    watched = Watched().see(minute(9, 21), times=30)

    assert ROLLBACK not in watched.verdicts
    assert HOLD not in watched.verdicts


def test_traffic_that_comes_and_goes_is_not_blamed_on_the_release() -> None:
    """Night and day, at the same rates: only the shares count."""
    day = [minute(3 * size, 7 * size, sessions=1000 * size) for size in (1, 2, 5, 9, 4, 1)]

    assert set(Watched().see(*day, times=10).verdicts) <= {INSUFFICIENT, CONTINUE}


def test_a_better_release_continues() -> None:
    """Nobody hurt on it, many beside it."""
    watched = Watched().see(minute(0, 2), times=150)

    assert watched.now.verdict is CONTINUE
    assert watched.now.score == 100.0


def test_a_late_onset_is_found() -> None:
    """Eight hours healthy, then three times the rate."""
    watched = Watched().see(minute(0, 1), minute(1, 1), minute(0, 1), times=160)
    assert watched.now.verdict is CONTINUE

    watched.see(minute(3, 1), minute(2, 2), times=20)

    assert watched.now.verdict is ROLLBACK


def test_a_bake_longer_than_planned_is_judged_on() -> None:
    """Past the last stake the verdicts stay, and a regression is still found."""
    watched = Watched(Policy(bake_minutes=30)).see(minute(0, 1), minute(1, 1), minute(0, 1), times=60)
    assert watched.now.verdict is CONTINUE

    assert watched.see(minute(9, 1), times=15).now.verdict is ROLLBACK


def test_a_rollback_is_final() -> None:
    """However well it looks afterwards: only a person may call it a false alarm."""
    watched = Watched().see(minute(20, 1)).see(minute(0, 9), times=200)

    assert set(watched.verdicts) == {ROLLBACK}
    assert watched.now.log_evidence < watched.now.needed
    assert "1 : 400" in watched.now.sentence


# Too little data ----------------------------------------------------------------------------------------------------


def test_nothing_at_all_is_never_a_pass() -> None:
    """Not at the end of the bake either."""
    watched = Watched(Policy(bake_minutes=20)).see(minute(sessions=0), times=40)

    assert set(watched.verdicts) == {INSUFFICIENT}
    assert watched.now.score is None
    assert watched.now.confidence == 0.0
    assert "no sign of health" in watched.now.sentence


def test_zero_exposure_beside_a_busy_baseline_is_never_a_pass() -> None:
    """The old release reports, the new one never does."""
    only_old = EvidenceMinute(0, 0.3, NO_SESSIONS, ArmMinute(started=100, healthy=98, crashed=2, hurt=2))

    watched = Watched().see(only_old, times=300)

    assert set(watched.verdicts) == {INSUFFICIENT}
    assert watched.now.score is None


def test_sessions_without_anyone_hurt_on_either_are_never_a_pass() -> None:
    """Where 1 % were hurt yesterday and nobody is today, errors may not arrive: no comparison was made."""
    assert set(Watched().see(minute(0, 0), times=300).verdicts) == {INSUFFICIENT}


def test_few_sessions_are_no_pass_however_many_are_hurt_on_the_old_release() -> None:
    """Information is what both the sessions and the users hurt give."""
    few = EvidenceMinute(
        0, 0.01, ArmMinute(started=1, healthy=1), ArmMinute(started=99, healthy=50, crashed=49, hurt=49)
    )

    assert Watched(history=UNKNOWN).see(few, times=2).now.verdict is INSUFFICIENT


def test_a_negative_delta_takes_knowledge_back() -> None:
    """A session that turns out crashed leaves the healthy ones, one that moves to another release leaves altogether."""
    told = EvidenceMinute(0, 0.3, ArmMinute(started=10, healthy=10), ArmMinute(started=20, healthy=20))
    crashed = EvidenceMinute(0, 0.3, ArmMinute(healthy=-1, crashed=1, hurt=1))
    moved = EvidenceMinute(0, 0.3, ArmMinute(started=-9, healthy=-9), ArmMinute(started=9, healthy=9))

    watched = Watched().see(told, crashed, moved)

    assert (watched.state.started_new, watched.state.healthy_new, watched.state.fatal_new) == (1, 0, 1)
    assert watched.now.reasons[-1].value == 0.0


def test_more_sessions_taken_back_than_ever_told_do_no_harm() -> None:
    """A release's sessions all moved to another one, long after they counted."""
    gone = EvidenceMinute(0, 0.3, ArmMinute(started=-5_000, healthy=-5_000), ArmMinute(started=-90_000))

    watched = Watched().see(minute(0, 1), gone, minute(1, 1))

    assert watched.now.verdict is INSUFFICIENT
    assert watched.now.confidence == 0.0


# Hold ---------------------------------------------------------------------------------------------------------------


def test_evidence_of_ten_to_one_holds() -> None:
    """At once, and long before a rollback."""
    watched = quiet_hold()

    assert watched.now.log_evidence >= engine.HOLD_AT
    assert watched.now.log_evidence < watched.now.needed
    assert "Held:" in watched.now.sentence


def test_a_hold_lasts_ten_minutes() -> None:
    """However quickly the evidence falls."""
    watched = quiet_hold()
    began = len(watched.found)

    watched.see(minute(0, 30), times=12)

    assert watched.verdicts[began - 1 : began + 9] == [HOLD] * 10
    assert HOLD not in watched.verdicts[began + 9 :]


def test_a_hold_ends_only_after_three_calm_minutes_in_a_row() -> None:
    """Evidence of more than 5 : 1 is not calm, though less than what began the hold."""
    state = quiet_hold().state
    later = (state.holding_since or 0) + engine.HOLD_MINUTES
    course = []
    for number, evidence in enumerate([2.0, 2.0, 2.0, 2.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0]):
        verdict, state = engine._decide(state, evidence, (), later + number)
        course.append(verdict)

    assert course[:9] == [HOLD] * 9
    assert course[9] is not HOLD


@pytest.mark.parametrize(("new", "old"), [(600, 400), (50, 950)])
def test_sessions_split_in_other_shares_than_planned_hold(new: int, old: int) -> None:
    """30 % were planned, and many more or fewer came: one of the two is mismeasured."""
    skewed = EvidenceMinute(0, 0.3, ArmMinute(started=new), ArmMinute(started=old))

    watched = Watched().see(skewed, times=6)

    assert watched.now.verdict is HOLD
    assert watched.now.held_by == ("sample_ratio",)
    assert "other shares than planned" in watched.now.sentence


def test_sessions_split_as_planned_do_not_hold() -> None:
    """By chance they never split exactly."""
    one = EvidenceMinute(0, 0.3, ArmMinute(started=318), ArmMinute(started=682))
    other = EvidenceMinute(0, 0.3, ArmMinute(started=280), ArmMinute(started=720))

    assert HOLD not in Watched().see(one, other, times=60).verdicts


def test_sessions_told_a_minute_late_do_not_hold_after_a_step() -> None:
    """A server's sessions of before the step come after it; at 50,000 a minute that is no small number."""
    shares = [0.0, 0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5]
    late = [
        EvidenceMinute(
            0, now, ArmMinute(started=round(50_000 * before)), ArmMinute(started=round(50_000 * (1 - before)))
        )
        for before, now in pairwise(shares)
    ]

    assert HOLD not in Watched().see(*late).verdicts


# What can be compared -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("baseline", [Baseline(None, "none"), Baseline(OLD, "sequential"), BESIDE])
def test_a_full_replace_is_held_at_most(baseline: Baseline) -> None:
    """Nothing serves beside it: twenty times the rate of the day before is held, and says why."""
    watched = Watched(baseline=baseline).see(minute(20, 0, exposure=1.0), times=30)

    assert watched.now.verdict is HOLD
    assert ROLLBACK not in watched.verdicts
    assert watched.now.held_by == ("no_concurrent_baseline",)
    assert "exposure below 1" in (watched.now.would_change or "")


def test_a_healthy_full_replace_stays_without_a_verdict() -> None:
    """At the rate of the day before: no hold, and no pass either."""
    watched = Watched().see(minute(1, 0, exposure=1.0), times=300)

    assert set(watched.verdicts) == {INSUFFICIENT}


def test_history_is_granted_its_own_chance() -> None:
    """One user hurt in a day of 1,000 sessions is no rate to hold a release by, when six are in 600."""
    short = History(minutes=1440, started=1_000, hurt=1, started_old=1_000)

    watched = Watched(history=short).see(minute(1, 0, exposure=1.0), times=6)

    assert set(watched.verdicts) == {INSUFFICIENT}


def test_errors_ahead_of_sessions_do_not_hold_a_full_replace() -> None:
    """A server tells its errors at once and its sessions a minute later; the usual traffic counts until then."""
    ahead = EvidenceMinute(0, 1.0, ArmMinute(hurt=3))

    assert HOLD not in Watched().see(ahead, *[minute(1, 0, exposure=1.0)] * 30).verdicts


def test_an_inferred_deploy_says_so() -> None:
    """No deploy was recorded, only sessions were seen; it never rolls back."""
    watched = Watched(inferred=True).see(minute(20, 0, exposure=1.0), times=5)

    assert watched.now.verdict is HOLD
    assert "inferred_deploy" in watched.now.held_by
    assert "no deploy was recorded" in watched.now.sentence


def test_a_baseline_that_was_never_heard_of_is_none() -> None:
    """By a name that no SDK sends it would seem to hurt nobody; then nothing is rolled back."""
    mistyped = replace(A_DAY, started_old=0)
    alone = EvidenceMinute(0, 0.3, ArmMinute(started=100, healthy=97, crashed=3, hurt=3))

    watched = Watched(history=mistyped).see(alone, times=60)

    assert ROLLBACK not in watched.verdicts
    assert watched.now.held_by == ("no_concurrent_baseline",)


def test_without_any_identity_it_is_held_at_most() -> None:
    """One user's failures cannot be told from many."""
    failing = EvidenceMinute(
        0, 0.3, ArmMinute(started=30, crashed=9, anonymous=9), ArmMinute(started=70, crashed=1, anonymous=1)
    )

    watched = Watched(history=replace(A_DAY, hurt=0)).see(failing, times=30)

    assert watched.now.verdict is HOLD
    assert ROLLBACK not in watched.verdicts
    assert watched.now.held_by == ("no_identity",)
    assert watched.now.reasons[0].signal == "unhandled_failures"


def test_without_any_identity_a_healthy_release_gets_no_pass() -> None:
    """Failures split as the traffic is: no verdict, and it says what is missing."""
    failing = EvidenceMinute(0, 0.3, ArmMinute(started=30, anonymous=3), ArmMinute(started=70, anonymous=7))

    watched = Watched(history=replace(A_DAY, hurt=0)).see(failing, times=100)

    assert set(watched.verdicts) == {INSUFFICIENT}
    assert "name their user" in (watched.now.would_change or "")


def test_a_release_that_begins_to_name_its_users_does_not_look_worse() -> None:
    """The same failures, of nobody on the old release and of users on the new one."""
    named = EvidenceMinute(0, 0.3, ArmMinute(started=30, hurt=3), ArmMinute(started=70, anonymous=7))

    watched = Watched(history=replace(A_DAY, hurt=0)).see(named, times=60)

    assert not {HOLD, ROLLBACK} & set(watched.verdicts)


def test_a_release_that_loses_its_users_names_gets_no_pass() -> None:
    """Failures of nobody, where named users were due: that nobody was hurt is not known."""
    lost = EvidenceMinute(0, 0.3, ArmMinute(started=30, anonymous=3), ArmMinute(started=70, hurt=7))

    watched = Watched().see(lost, times=60)

    assert CONTINUE not in watched.verdicts
    assert watched.now.held_by == ("no_identity",)


def test_a_background_failure_of_nobody_does_not_stop_a_verdict() -> None:
    """Jobs have no users, and fail on both releases."""
    named = EvidenceMinute(
        0, 0.3, ArmMinute(started=300, hurt=3, anonymous=1), ArmMinute(started=700, hurt=7, anonymous=1)
    )

    assert Watched().see(named, times=60).now.verdict is CONTINUE


# Exposure over time -------------------------------------------------------------------------------------------------


def test_sessions_that_come_late_do_not_make_a_healthy_canary_bad() -> None:
    """Users hurt are told at once, the new release's sessions not at all: the planned share is a floor."""
    told = [minute(3, 7, sessions=1000)] * 40
    late = [replace(one, new=replace(one.new, started=0)) for one in told]

    assert not {HOLD, ROLLBACK} & set(Watched().see(*late).verdicts)


def test_a_promoted_release_is_not_blamed_for_what_stragglers_leave_out() -> None:
    """From 10 % to all traffic: the old release's few clients are no measure, and nobody is rolled back for them."""
    canary = [minute(1, 9, exposure=0.1, sessions=1000)] * 40
    stragglers = EvidenceMinute(
        0, 1.0, ArmMinute(started=950, healthy=940, crashed=10, hurt=10), ArmMinute(started=50, crashed=1)
    )
    watched = Watched(history=replace(A_DAY, started=1_440_000, hurt=14_400)).see(*canary)
    before = watched.now

    watched.see(stragglers, times=600)

    assert not {HOLD, ROLLBACK} & set(watched.verdicts)
    assert watched.now.log_evidence == pytest.approx(before.log_evidence, abs=1e-6)


def test_a_promoted_release_keeps_its_pass() -> None:
    """What was learned beside the old release stays."""
    watched = Watched().see(minute(0, 1), minute(1, 1), minute(0, 1), times=60)
    assert watched.now.verdict is CONTINUE

    assert watched.see(minute(1, 0, exposure=1.0), times=60).now.verdict is CONTINUE


def test_a_promoted_release_that_gets_worse_is_held() -> None:
    """Nothing serves beside it any more; the day before says so, and that is no ground for a rollback."""
    watched = Watched().see(minute(0, 1), minute(1, 1), minute(0, 1), times=60)

    watched.see(minute(12, 0, exposure=1.0), times=20)

    assert watched.now.verdict is HOLD
    assert watched.now.held_by == ("above_history",)
    assert ROLLBACK not in watched.verdicts


def test_errors_ahead_of_sessions_do_not_hold_a_promotion() -> None:
    """In its minute the users hurt are those of all traffic, and the sessions told those of the canary."""
    canary = [minute(1, 9, exposure=0.1, sessions=1000)] * 40
    ahead = EvidenceMinute(0, 1.0, ArmMinute(started=100, hurt=10), ArmMinute(started=900))
    history = replace(A_DAY, started=1_440_000, hurt=14_400)

    watched = Watched(history=history).see(*canary, ahead, *[minute(10, 0, exposure=1.0, sessions=1000)] * 30)

    assert HOLD not in watched.verdicts


def test_a_release_promoted_too_early_gets_no_pass() -> None:
    """Five minutes of canary tell too little, and full traffic tells nothing beside it."""
    watched = Watched().see(minute(0, 1), minute(1, 1), *[minute(1, 0, exposure=1.0)] * 100)

    assert watched.now.verdict is INSUFFICIENT
    assert "nothing more can be compared" in (watched.now.would_change or "")


def test_users_hurt_while_nobody_is_to_be_exposed_are_no_evidence() -> None:
    """A release at 0 % is tried out by its makers."""
    dark = EvidenceMinute(0, 0.0, ArmMinute(started=5, crashed=5, hurt=5), ArmMinute(started=995))

    watched = Watched().see(minute(0, 1), *[dark] * 20)

    assert watched.now.log_evidence <= 0.01


def test_a_step_of_exposure_is_followed_at_once() -> None:
    """From 10 to 50 % the new release's users hurt grow fivefold, and that is the plan's doing."""
    ramp = [minute(1, 9, exposure=0.1, sessions=1000)] * 40 + [minute(5, 5, exposure=0.5, sessions=1000)] * 60

    assert not {HOLD, ROLLBACK} & set(Watched().see(*ramp).verdicts)


# New issues ---------------------------------------------------------------------------------------------------------


def test_a_new_issue_that_hits_many_is_rolled_back() -> None:
    """Handled errors of many users, which crash nobody: 5 in 1,000 sessions, where healthy new issues have .4."""
    bursting = minute(0, 1, sessions=1000, issues={"i-1": 2})

    watched = Watched().see(bursting, times=20)

    assert watched.now.verdict is ROLLBACK
    assert watched.now.reasons[1].issue == "i-1"
    assert "hit 40 users in" in watched.now.sentence


def test_a_new_issue_of_both_releases_is_no_evidence() -> None:
    """A third party's fault begins during the watch, and bursts on both as the traffic is split."""
    shared = replace(minute(0, 1, sessions=1000), new_issues=(IssueMinute("i-1", 3, 7),))

    watched = Watched().see(shared, times=20)

    assert not {HOLD, ROLLBACK} & set(watched.verdicts)
    assert watched.state.issues[0].burst > 10


def test_who_found_a_new_issue_is_no_evidence() -> None:
    """Had the first user been on the old release, the issue would not be new; the second one is a bet won."""
    one, two = (Watched().see(minute(0, 1, issues={"i-1": users})) for users in (1, 2))

    assert one.state.issues[0].beside == (0.0,) * 4
    assert max(two.state.issues[0].beside) > 0.5


def test_to_a_first_release_every_issue_is_new() -> None:
    """Which says nothing against it."""
    first = Watched(baseline=Baseline(None, "none"), history=UNKNOWN)

    first.see(minute(1, 0, exposure=1.0, issues={"i-1": 30}), times=5)

    assert first.state.issues == ()
    assert first.now.verdict is INSUFFICIENT


def test_the_issue_that_hurts_most_is_told_first() -> None:
    """At most three of them, and the points are the first one's."""
    issues = {"small": 1, "large": 9, "middle": 4, "none": 0, "tiny": 1}

    told = Watched().see(minute(0, 1, sessions=1000, issues=issues), times=4).now.reasons

    assert [reason.issue for reason in told if reason.signal == "new_issues"] == ["large", "middle", "small"]
    assert [reason.points > 0 for reason in told[1:4]] == [True, False, False]


def test_a_new_issue_of_few_users_is_no_evidence() -> None:
    """As many as healthy releases bring."""
    rare = [
        minute(1, 2, sessions=1000),
        minute(1, 3, sessions=1000, issues={"i-1": 1}),
        *[minute(1, 2, sessions=1000)] * 20,
    ]

    assert not {HOLD, ROLLBACK} & set(Watched().see(*rare, times=3).verdicts)


def test_a_new_issue_waits_for_the_sessions_that_tell_of_exposure() -> None:
    """Its errors come at once, a server's sessions a minute later."""
    ahead = EvidenceMinute(0, 0.3, new_issues=minute(issues={"i-1": 3}).new_issues)

    watched = Watched(history=UNKNOWN).see(ahead)
    assert watched.state.issues[0].pending == 3
    assert watched.now.log_evidence == pytest.approx(0.0, abs=1e-9)
    assert "not told yet" in watched.now.reasons[1].sentence

    watched.see(minute(0, 1, sessions=100_000))
    assert (watched.state.issues[0].pending, watched.state.issues[0].users) == (0, 3)


def test_hundreds_of_new_issues_are_bounded() -> None:
    """State and time stay small, and the first issues are judged on."""
    flood = minute(0, 1, issues={f"{number:032x}": 1 for number in range(2_000)})

    watched = Watched().see(flood, times=3)

    assert len(watched.state.issues) == 200
    assert len(engine.dump(watched.state)) < 64 * 1024


# The policy ---------------------------------------------------------------------------------------------------------


def test_a_smaller_error_budget_needs_more_evidence() -> None:
    """A tenth of the false rollbacks cost ln 10 nats."""
    careful, default = Watched(Policy(false_rollbacks_per_1000=0.25)).see(minute()), Watched().see(minute())

    assert careful.now.needed - default.now.needed == pytest.approx(2.302585, abs=1e-4)


def test_what_the_margin_allows_is_not_rolled_back() -> None:
    """60 % more under a margin of 100 %: no bet is on that; under the default it is a rollback."""
    worse = minute(48, 70, sessions=10_000)

    assert Watched(Policy(margin=0.05)).see(worse, times=60).now.verdict is ROLLBACK
    assert ROLLBACK not in Watched(Policy(margin=1.0)).see(worse, times=60).verdicts


def test_a_large_margin_lets_a_healthy_release_pass() -> None:
    """What is to be found grows with the margin, or there would never be enough information."""
    assert Watched(Policy(margin=1.0)).see(minute(3, 7, sessions=1000), times=60).now.verdict is CONTINUE


@pytest.mark.parametrize("budget", [0.001, 200.0])
def test_the_budgets_bounds_work(budget: float) -> None:
    """One false rollback in a million releases, and one in five."""
    watched = Watched(Policy(false_rollbacks_per_1000=budget)).see(minute(9, 1), times=10)

    assert watched.now.verdict is ROLLBACK


# A fold -------------------------------------------------------------------------------------------------------------


def test_no_minute_is_folded_twice() -> None:
    """Nor one before another that was."""
    state, _ = engine.observe(Watched().state, numbered([minute(1, 1)])[0])

    for number in (0, -1):
        with pytest.raises(ValueError, match="was folded already"):
            engine.observe(state, numbered([minute(1, 1)], (state.as_of or 0) + number)[0])


def test_looking_leaves_the_state_as_it_is() -> None:
    """An open minute is judged by the same call, and its state thrown away."""
    watched = Watched().see(minute(1, 2), times=5)
    before = engine.dump(watched.state)

    engine.observe(watched.state, numbered([minute(50, 0)], 30_000_000)[0])

    assert engine.dump(watched.state) == before


def test_a_state_is_stored_and_resumed() -> None:
    """Going on from what was stored gives the same bytes."""
    minutes = [minute(1, 2, issues={"i-1": 1}), minute(0, 1), minute(20, 1)]
    watched = Watched().see(*minutes)
    resumed = Watched()
    for one in numbered(minutes):
        resumed.state, _ = engine.observe(engine.load(engine.dump(resumed.state)), one)

    assert engine.dump(resumed.state) == engine.dump(watched.state)
    assert engine.load(engine.dump(watched.state)) == watched.state


def test_failures_of_unknown_users_hold_although_others_are_known() -> None:
    """A browser that names its users and a server that does not: the server's failures cannot pass unseen."""
    quiet = minute(0, 1)
    flood = EvidenceMinute(0, 0.3, ArmMinute(started=30, healthy=30, anonymous=20), ArmMinute(started=70, healthy=70))
    watched = Watched().see(minute(1, 1), times=5).see(quiet, flood, times=3)
    assert watched.now.verdict is Verdict.HOLD
    assert watched.now.held_by == ("unknown_users",)
    assert "without an identity" in watched.now.sentence
