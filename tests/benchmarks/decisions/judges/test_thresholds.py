"""Fixed thresholds, on minutes made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.decisions.judges.crash_free_alert import CrashFreeAlert
from benchmarks.decisions.judges.fixed_threshold import FixedThreshold
from benchmarks.decisions.streams import Counts, Episode
from tests.fakes.streams import Steady, draw


def with_counts(crashed: Counts, started: Counts, ended: Counts | None = None) -> Episode:
    """One canary with these minutes, in one segment."""
    episode = draw(replace(Steady(), minutes=len(crashed), segments=1), 1, 1)
    arm = replace(
        episode.stream.new,
        crashed=crashed[None, :],
        started=started[None, :, None],
        ended=(started if ended is None else ended)[None, :],
    )
    return replace(episode, stream=replace(episode.stream, new=arm))


def test_argo_rolls_back_at_the_failure_after_the_last_allowed() -> None:
    """Four failed intervals of five minutes, not in a row, at failureLimit 3; a fifth with no ended session is none."""
    minutes = np.arange(60)
    interval = minutes // 5
    failing = np.isin(interval, (1, 2, 5, 9, 10))
    ended = np.where(interval == 1, 0, 10)
    episode = with_counts(np.where(failing, 1, 0), np.full(60, 10), ended)
    said = FixedThreshold("argo", "", 5, 0.05, 4).watch(episode.past, episode.plan, episode.stream)

    assert said.rolled_back.tolist() == [54]
    assert said.evidence is not None
    assert said.evidence[0, [13, 14, 28, 29, 49, 54]].tolist() == [0, 1, 1, 2, 3, 4]


def test_a_success_rate_that_is_just_allowed_is_a_success() -> None:
    """5 of 100 crashed is 95 %."""
    episode = with_counts(np.full(40, 5), np.full(40, 100))
    assert FixedThreshold("x", "", 1, 0.05, 1).watch(episode.past, episode.plan, episode.stream).rolled_back == 40
    assert FixedThreshold("x", "", 1, 0.049, 1).watch(episode.past, episode.plan, episode.stream).rolled_back == 0


def test_a_limit_of_its_own_follows_the_services_past() -> None:
    """1 % of its sessions crashed: twice that is allowed."""
    for share, expected in ((1.5, 240), (3.0, 0)):
        episode = with_counts(np.full(240, int(10 * share)), np.full(240, 1_000))
        judge = FixedThreshold("own", "", 1, 2.0, 1, times_own=True)
        past = replace(episode.past, crashed=np.round(episode.past.started.sum(axis=2) * 0.01).astype(int))
        assert judge.watch(past, episode.plan, episode.stream).rolled_back.tolist() == [expected]


def test_sentry_waits_for_its_sessions_and_forgets_after_its_window() -> None:
    """With one session a minute it first speaks of the 50th; a crash is out of the window 60 minutes later."""
    crashed = np.zeros(120, int)
    crashed[:3] = 1
    episode = with_counts(crashed, np.ones(120, int))
    said = CrashFreeAlert("sentry", "", 0.055).watch(episode.past, episode.plan, episode.stream)

    assert said.evidence is not None
    assert said.rolled_back.tolist() == [49]
    assert said.evidence[0, 48] == 0
    assert said.evidence[0, [49, 59, 60, 62]] == pytest.approx(np.array([3 / 50, 3 / 60, 2 / 60, 0]) / 0.055)
