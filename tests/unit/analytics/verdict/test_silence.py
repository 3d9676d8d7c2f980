"""analytics/verdict/silence.py: a source that went silent is a fault to show."""

from dataclasses import replace

import pytest

from analytics.verdict import silence
from models.domain.evidence import ArmMinute, EvidenceMinute
from models.domain.verdict import Verdict
from tests.fakes.evidence import Watched, minute

NOTHING = EvidenceMinute(0, 0.3, old=ArmMinute(started=70))
SILENT = [NOTHING] * silence.WINDOW


def test_no_session_where_many_were_due_is_silence() -> None:
    """A window without any, though the old release's sessions say that 20 and more were due."""
    assert silence.silent(SILENT)
    assert silence.due(SILENT) == pytest.approx(300.0)


def test_one_session_breaks_the_silence() -> None:
    """The source is there."""
    assert not silence.silent([*SILENT[1:], minute(0, 0)])


def test_where_few_sessions_were_due_nothing_is_silent() -> None:
    """A small service has such minutes every night."""
    assert not silence.silent([replace(NOTHING, old=ArmMinute(started=4))] * silence.WINDOW)


def test_before_a_whole_window_nothing_is_silent() -> None:
    """A deploy's first minutes bring no sessions yet."""
    assert not silence.silent(SILENT[1:])


@pytest.mark.parametrize(("usual", "silent"), [(None, False), (1, False), (3, True)])
def test_with_all_traffic_the_usual_sessions_of_the_time_are_due(usual: int | None, silent: bool) -> None:  # noqa: FBT001 - a case
    """Nothing serves beside it; where it is not known what is usual, nothing is due."""
    assert silence.silent([EvidenceMinute(0, 1.0, usual=usual)] * silence.WINDOW) is silent


def test_without_exposure_nothing_is_due() -> None:
    """A release at 0 % is silent by plan."""
    dark = [replace(NOTHING, exposure=0.0, usual=100)] * silence.WINDOW

    assert silence.due(dark) == 0.0
    assert not silence.silent(dark)


def test_sessions_taken_back_are_no_sign_of_life() -> None:
    """A negative delta is knowledge about older sessions."""
    moved = replace(NOTHING, new=ArmMinute(started=-3))

    assert silence.silent([*SILENT[1:], moved])


def test_a_silent_release_that_would_continue_is_held() -> None:
    """Without a score, since silence has no points; and it asks the question to be answered."""
    judgement = Watched().see(minute(0, 1), minute(1, 1), minute(0, 1), times=60).now

    silenced = silence.silenced(judgement, "shop@1.5.0", 300.4)

    assert (silenced.verdict, silenced.score) == (Verdict.HOLD, None)
    assert silenced.held_by == (silence.REASON,)
    assert "about 300 were due: is its SDK still sending?" in silenced.sentence


@pytest.mark.parametrize("watched", [Watched().see(minute(20, 1)), Watched().see(minute(sessions=0))])
def test_silence_takes_back_no_rollback_and_makes_no_verdict_of_nothing(watched: Watched) -> None:
    """It is said beside them."""
    silenced = silence.silenced(watched.now, "shop@1.5.0", 300.0)

    assert silenced.verdict is watched.now.verdict
    assert silenced.score == watched.now.score
    assert silenced.held_by[-1] == silence.REASON
    assert silenced.sentence.startswith(watched.now.sentence)
