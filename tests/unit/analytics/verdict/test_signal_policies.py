"""Signals with modes, margins and weights of their own: what the engine makes of them."""

import pytest

from models.domain.policy import Policy, Signal, SignalPolicy
from models.domain.verdict import Mode, Verdict
from tests.fakes.evidence import Watched, minute

USERS, ISSUES = Signal.USERS, Signal.NEW_ISSUES
BAD = minute(2, 1)
"""Five times as many users hurt as beside it."""
BURST = minute(0, 1, issues={"i-1": 12})
"""A new issue hits twelve users, who are not hurt."""


def watched(**own: SignalPolicy) -> Watched:
    return Watched(Policy(signals={Signal(name): told for name, told in own.items()}))


def test_a_signal_that_recommends_does_not_act() -> None:
    """The verdict is the same, and says that the signals that may do more have not reached it."""
    only_recommends = watched(crash_free_users=SignalPolicy(mode=Mode.RECOMMEND)).see(BAD, times=15)
    assert only_recommends.now.verdict is Verdict.ROLLBACK
    assert only_recommends.now.held_by == ("signal_mode",)
    assert only_recommends.verdicts == Watched().see(BAD, times=15).verdicts


def test_the_other_signal_still_acts() -> None:
    """A mode of its own is of one signal; and once the signals that may act reached it, that stays."""
    found = watched(crash_free_users=SignalPolicy(mode=Mode.RECOMMEND)).see(BURST, times=3)
    assert found.now.verdict is Verdict.ROLLBACK
    assert found.now.held_by == ()
    assert found.see(minute(0, 3), times=20).now.held_by == ()


def test_a_rollback_that_is_recommended_first_may_act_later() -> None:
    """As soon as the signals that may act have reached it by themselves."""
    found = watched(crash_free_users=SignalPolicy(mode=Mode.RECOMMEND)).see(BAD, times=15)
    assert found.now.held_by == ("signal_mode",)
    assert found.see(BURST, times=3).now.held_by == ()


def test_a_signal_that_is_observed_decides_nothing() -> None:
    """It is shown, and says so; the score, the headline and the evidence leave it out."""
    found = watched(crash_free_users=SignalPolicy(mode=Mode.OBSERVE)).see(BAD, times=60)
    assert Verdict.ROLLBACK not in found.verdicts
    assert Verdict.HOLD not in found.verdicts
    assert found.now.reasons[0].sentence.endswith("Only observed, by the policy.")
    assert found.now.reasons[0].points == 0.0
    assert found.now.log_evidence < 0.1
    issues = watched(new_issues=SignalPolicy(mode=Mode.OBSERVE)).see(BURST, times=10)
    assert Verdict.ROLLBACK not in issues.verdicts
    assert "new in this release" not in issues.now.sentence


def test_observing_one_signal_lends_its_stake_to_the_other() -> None:
    """The one that is left is found no later."""
    alone = watched(new_issues=SignalPolicy(mode=Mode.OBSERVE)).see(BAD, times=15)
    both = Watched().see(BAD, times=15)
    assert alone.verdicts.count(Verdict.ROLLBACK) >= both.verdicts.count(Verdict.ROLLBACK)
    assert alone.now.log_evidence > both.now.log_evidence


def test_a_margin_of_its_own_wins() -> None:
    """Over the one of the whole."""
    assert watched(crash_free_users=SignalPolicy(margin=0.5)).state.margin == 0.5
    assert Watched(Policy(margin=0.2)).state.margin == 0.2


@pytest.mark.parametrize(
    ("told", "stakes"), [(None, (0.5 / 0.72, 0.22 / 0.72)), (0.5, (0.5, 0.5)), (1.5, (0.25, 0.75))]
)
def test_weights_are_shared_out(told: float | None, stakes: tuple[float, float]) -> None:
    """They sum to 1, so that the error budget is spent once."""
    state = watched(new_issues=SignalPolicy(weight=told)).state
    assert (state.stakes[USERS], state.stakes[ISSUES]) == pytest.approx(stakes)
