"""analytics/verdict/folding.py and reading.py: what a state knows of exposure."""

import pytest

from analytics.verdict.folding import DECAY
from analytics.verdict.reading import base_rate, exposure, exposure_share, information
from models.domain.evidence import ArmMinute, EvidenceMinute, History
from tests.fakes.evidence import A_DAY, UNKNOWN, Watched, minute

EMPTY = minute(sessions=0)


def split(new: int, old: int, exposure: float = 0.3) -> EvidenceMinute:
    return EvidenceMinute(0, exposure, ArmMinute(started=new), ArmMinute(started=old))


def test_the_planned_share_is_a_floor() -> None:
    """Of sessions that are told late, the new release has none yet."""
    assert exposure_share(Watched().see(split(0, 10_000)).state) == 0.3
    assert exposure_share(Watched().see(EMPTY).state) == 0.3


def test_more_sessions_than_planned_are_more_exposure() -> None:
    """The plan counts as 200 sessions, so that a few by chance change little."""
    assert exposure_share(Watched().see(split(600, 400)).state) == pytest.approx((600 + 60) / 1_200)
    assert exposure_share(Watched().see(split(6, 4)).state) == pytest.approx((6 + 60) / 210)


def test_old_traffic_is_forgotten() -> None:
    """Half of it after 34 minutes."""
    state = Watched().see(split(600, 400)).see(EMPTY, times=34).state

    assert state.recent_new == pytest.approx(600 * DECAY**34)
    assert 0.49 < DECAY**34 < 0.51


def test_stragglers_under_full_traffic_are_no_skew_afterwards() -> None:
    """Planned for all, what old clients start is no fault, also when half is planned again."""
    watched = Watched().see(split(800, 200, 1.0), times=20).see(split(500, 500, 0.5), times=5)

    assert "sample_ratio" not in watched.now.held_by
    assert watched.see(split(950, 50, 0.5), times=20).now.held_by == ("sample_ratio",)


def test_the_base_rate_is_that_of_history_and_the_old_release() -> None:
    """Hurt users a session, at most one each; nothing is known without sessions."""
    assert base_rate(Watched(history=UNKNOWN).state) == 0.0
    assert base_rate(Watched(history=A_DAY).see(minute(0, 0, sessions=0)).state) == 0.01
    assert base_rate(Watched(history=UNKNOWN).see(minute(0, 7, sessions=1_000)).state) == 0.01
    assert base_rate(Watched(history=History(10, 5, 50)).state) == 1.0


def test_exposure_is_at_least_the_planned_share_of_the_usual_traffic() -> None:
    """A source that tells no sessions does not make an issue look frequent."""
    assert exposure(Watched().see(split(0, 0), times=10).state) == pytest.approx(300)
    assert exposure(Watched().see(split(5_000, 0)).state) == 5_000


def test_information_is_that_of_the_smaller_witness() -> None:
    """Sessions at the base rate, and users hurt beside: .34 nats for each user due or seen."""
    sessions = Watched().see(minute(0, 0, sessions=1_000), times=10).state
    both = Watched().see(minute(3, 7, sessions=1_000), times=10).state

    assert information(sessions) == 0.0
    assert information(both) == pytest.approx(70 * 0.3 * 0.339, rel=0.02)


def test_expected_users_are_those_of_the_old_release_at_the_planned_odds() -> None:
    """30 : 70."""
    assert Watched().see(minute(1, 7), times=2).state.expected == pytest.approx(14 * 30 / 70, rel=1e-6)


def test_the_onset_is_the_first_minute_of_the_harm() -> None:
    """Of the run of evidence that stands; without evidence there is none."""
    watched = Watched().see(*[minute(0, 1)] * 5)
    assert watched.state.onset is None

    watched.see(*[minute(3, 1)] * 4)

    assert watched.state.onset == (watched.state.as_of or 0) - 3
