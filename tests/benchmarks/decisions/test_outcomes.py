"""What is kept of a run: who was hurt until when, and who was blamed for an incident."""

from dataclasses import replace

import msgspec
import numpy as np

from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.outcomes import AFTERMATH, LEVELS, Outcomes
from benchmarks.decisions.streams import Truth
from tests.fakes.streams import Steady, draw

MINUTES = 240


def kept(
    rolled_back: list[int], steady: Steady, truth: Truth | None = None, evidence: np.ndarray | None = None
) -> Outcomes:
    episode = draw(steady, 1, len(rolled_back))
    episode = replace(episode, truth=truth or episode.truth)
    return Outcomes.of("a cell", "a judge", 7, episode, Verdicts(np.array(rolled_back), evidence))


def test_users_are_hurt_from_the_onset_up_to_the_minute_of_the_verdict() -> None:
    """A tenth of a user a minute from minute 40 on; in the whole watch where there is no verdict."""
    one = kept([39, 40, 49, MINUTES], Steady(effect=2.0, onset=40))

    assert np.allclose(one.hurt, [0, 0.1, 1.0, 20.0])
    assert np.allclose(one.hurt_in_all, 20.0)
    assert one.bad == (True,) * 4
    assert one.onset == (40,) * 4


def test_a_rollback_in_an_incident_or_just_after_it_is_put_down_to_it() -> None:
    steady = Steady()
    truth = draw(steady, 1, 6).truth
    incident = np.zeros((6, MINUTES), dtype=bool)
    incident[:5, 100:110] = True
    rolled_back = [99, 100, 109 + AFTERMATH, 110 + AFTERMATH, MINUTES, 105]
    one = kept(rolled_back, steady, replace(truth, incident=incident))

    assert one.in_incident == (True,) * 5 + (False,)
    assert one.blamed == (False, True, True, False, False, False)


def test_a_bad_release_is_not_blamed_for_an_incident_once_it_hurts() -> None:
    """Nor does an incident count that begins after the onset."""
    steady = Steady(effect=2.0, onset=105)
    truth = draw(steady, 1, 3).truth
    incident = np.zeros((3, MINUTES), dtype=bool)
    incident[:2, 100:110] = True
    incident[2, 150:160] = True
    one = kept([104, 106, 155], steady, replace(truth, incident=incident))

    assert one.in_incident == (True, True, False)
    assert one.blamed == (True, False, False)


def test_each_level_of_the_evidence_has_the_minute_in_which_it_is_reached() -> None:
    evidence = np.tile(np.arange(MINUTES) / 20, (2, 1))
    evidence[1] = -np.inf
    one = kept([MINUTES, MINUTES], Steady(), evidence=evidence)

    assert one.crossings is not None
    assert dict(zip(LEVELS, one.crossings, strict=True))[2.0] == (40, MINUTES)
    assert one.crossings[-1] == (MINUTES, MINUTES)
    assert kept([1, 2], Steady()).crossings is None


def test_what_is_kept_is_read_back_the_same() -> None:
    one = kept([3, MINUTES], Steady(effect=2.0), evidence=np.ones((2, MINUTES)))
    assert msgspec.json.decode(msgspec.json.encode(one), type=Outcomes) == one
