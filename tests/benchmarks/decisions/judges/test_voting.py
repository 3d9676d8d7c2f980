"""Anomalies of a season's counts, and votes for and against the deploy."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.decisions.judges.seasonal import smooth
from benchmarks.decisions.judges.voting import Voting
from benchmarks.decisions.streams import PAST_BINS
from tests.fakes.streams import Steady, draw


def test_a_season_of_a_day_is_learned() -> None:
    """Counts that double in the second half of each day are no anomaly there, and are in the first half."""
    day = np.repeat([20, 40], 72)
    usual = smooth(np.tile(day, 14)[None, :], np.full((1, PAST_BINS), 1_000))
    exposure = np.full((1, 144), 1_000)

    assert not usual.anomalous(day[None, :], exposure).any()
    anomalous = usual.anomalous(np.full((1, 144), 45), exposure)[0]
    assert anomalous[:72].all()
    assert not anomalous[72:].any()


@pytest.mark.parametrize(("counted", "elsewhere"), [("old", True), ("sibling", True), ("nobody", False)])
def test_votes_are_vetoed_where_the_same_fault_shows_without_a_deploy(counted: str, elsewhere: bool) -> None:  # noqa: FBT001
    """A five-fold crash rate of the new release, and of the old one or of the siblings too."""
    episode = draw(Steady(effect=5.0, share=0.5, sessions=200.0), 9, 3)
    stream = episode.stream
    if counted == "old":
        stream = replace(stream, old=replace(stream.old, hurt=stream.old.hurt * 5))
    if counted == "sibling":
        stream = replace(stream, sibling_hurt=stream.sibling_hurt * 5)
    said = Voting().watch(episode.past, episode.plan, stream)

    assert (said.rolled_back == 240).all() == elsewhere
    if not elsewhere:
        assert (said.rolled_back == 29 + 10).all()
