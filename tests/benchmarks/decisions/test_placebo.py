"""Whom a rollback blames: in an hour that people labelled, near one, or far from any."""

import numpy as np
import pandas as pd

from benchmarks.decisions import placebo, recorded
from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.z_test import RepeatedZTest
from benchmarks.decisions.placebo import Blamed
from benchmarks.decisions.recorded import WATCH_MINUTES, Recording
from benchmarks.decisions.streams import Episode


def watched(labelled: frozenset[int], hours: int = 24) -> Episode:
    begins = pd.Timestamp("2018-07-01", tz="UTC")
    marks = np.array([hour in labelled for hour in range(hours)])
    return recorded.placebo(Recording("made", begins, np.full(hours, 3.0), marks), recorded.plan_of(1.0), 600, 1)


def test_a_rollback_is_put_down_to_what_people_saw_then() -> None:
    """Of four deploys: within hour 5, an hour after it, two hours after it, and never."""
    episode = watched(frozenset({5}))
    rolled_back = np.full(24, WATCH_MINUTES)
    rolled_back[4], rolled_back[3], rolled_back[2] = 60 + 30, 3 * 60 + 30, 5 * 60 + 1
    assert placebo.blamed(episode, Verdicts(rolled_back)) == Blamed(outside=1, near=1, inside=1, deploys=24, met=6)


def test_recordings_are_added_up() -> None:
    """Each with counts of its own; a rule that compares with yesterday blames most deploys of one of the two."""
    begins = pd.Timestamp("2018-07-01", tz="UTC")
    calm = Recording("calm", begins, np.full(72, 3.0), np.zeros(72, bool))
    wild = Recording("wild", begins, np.repeat([1.0, 9.0, 1.0], 24), np.zeros(72, bool))
    found = placebo.watched([calm, wild], RepeatedZTest(), 1.0, 6_000)
    assert (found.deploys, found.met, found.inside, found.near) == (144, 0, 0, 0)
    assert 24 <= found.outside <= 72
