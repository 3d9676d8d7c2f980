"""analytics/verdict/score.py: 0 to 100, explained by its points, and never against the verdict."""

import pytest

from analytics.verdict.score import BANDS
from models.domain.evidence import ArmMinute, Baseline, EvidenceMinute, History
from models.domain.verdict import Verdict
from tests.fakes.evidence import Watched, minute

SKEWED = EvidenceMinute(0, 0.3, ArmMinute(started=600), ArmMinute(started=400, hurt=1))


@pytest.mark.parametrize(
    "watched",
    [
        Watched().see(minute(20, 1)),
        Watched().see(minute(2, 1), times=4),
        Watched().see(minute(0, 1), minute(1, 1), minute(0, 1), times=60),
        Watched().see(minute(0, 1, sessions=1000, issues={"a": 2, "b": 1}), times=20),
        Watched().see(minute(2, 2, sessions=500, issues={"a": 1}), times=20),
        Watched().see(SKEWED, times=6),
        Watched().see(minute(3, 0, exposure=1.0), times=20),
        Watched().see(minute(sessions=0)),
    ],
    ids=["rollback", "worse", "continue", "issues", "both signals", "sample ratio", "replace", "nothing"],
)
def test_points_add_up_and_the_band_fits(watched: Watched) -> None:
    """After each minute, to the decimal that is shown."""
    for judgement in watched.found:
        if judgement.score is None:
            assert judgement.verdict is Verdict.INSUFFICIENT_DATA
            assert sum(reason.points for reason in judgement.reasons) == 0.0
            continue
        assert round(sum(reason.points for reason in judgement.reasons), 1) == round(100 - judgement.score, 1)
        low, high = BANDS.get(judgement.verdict, (0.0, 100.0))
        assert low <= judgement.score <= high


def test_the_signal_that_hurts_loses_the_points() -> None:
    """Users hurt cost the first reason, a new issue the second."""
    users = Watched().see(minute(9, 3), times=6).now
    issue = Watched().see(minute(0, 1, sessions=1000, issues={"a": 2}), times=20).now

    assert users.reasons[0].points > users.reasons[1].points
    assert issue.reasons[1].points > issue.reasons[0].points


def test_the_worse_the_lower() -> None:
    """More users hurt, less score; with nobody hurt it is near 100."""
    scores = [Watched().see(minute(users, 2), times=5).now.score for users in (0, 1, 2, 6)]

    assert scores == sorted(scores, reverse=True, key=lambda score: score or 0.0)
    assert scores[0] is not None
    assert scores[0] > 95


def test_a_first_release_has_nothing_to_be_measured_by() -> None:
    """However many it hurts: 98 of 100 would say that this is well."""
    first = Watched(history=History(), baseline=Baseline(None, "none"))
    judgement = first.see(minute(10, 0, exposure=1.0), times=10).now
    assert (judgement.verdict, judgement.score) == (Verdict.INSUFFICIENT_DATA, None)
    assert sum(reason.points for reason in judgement.reasons) == 0.0


def test_few_data_are_a_high_score_of_low_confidence() -> None:
    """An honest "97, confidence 1 %" (2.8)."""
    judgement = Watched().see(minute(0, 1)).now

    assert judgement.score is not None
    assert judgement.score > 90
    assert judgement.confidence < 0.05
