"""What every judge of the benchmark must hold to, on every kind of release."""

from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pytest

from benchmarks.decisions.judges import JUDGES, LIMITS, ORACLES
from benchmarks.decisions.running import Panel
from benchmarks.decisions.streams import Arm, Due, Episode, Past, Stream, Truth
from tests.fakes import streams
from tests.fakes.streams import Steady

RELEASES = 6
BAD = {
    "crash": Steady(effect=4.0, onset=30, loops=0.5),
    "niche": Steady(effect=6.0, onset=30, segment=1),
    "errors": Steady(kind="replace", signal="errors", effect=3.0, onset=100),
    "issue": Steady(kind="ramp", signal="issue", effect=8.0),
    "feedback": Steady(kind="ramp", signal="feedback", effect=2.0),
    "quiet": Steady(kind="replace", sessions=0.5, effect=5.0),
    "silent": Steady(sessions=0.0, effect=5.0),
    "odd": Steady(minutes=127, segments=1, effect=3.0),
}
WATCHES = Panel(JUDGES, LIMITS, ORACLES).watching(healthy=False)
draw = cache(streams.draw)
"""The same releases for every judge."""
Record = TypeVar("Record", Arm, Stream, Past, Truth, Due)

judges = pytest.mark.parametrize("judge", WATCHES)
releases = pytest.mark.parametrize("steady", BAD.values(), ids=BAD.keys())


def rows(record: Record, some: slice) -> Record:
    """Some of the releases."""
    values: dict[str, Any] = {field.name: getattr(record, field.name) for field in fields(record)}
    for name, value in values.items():
        if not isinstance(value, str):
            values[name] = value[some] if isinstance(value, np.ndarray) else rows(value, some)
    return replace(record, **values)


def spoiled(record: Record, since: int, chance: np.random.Generator) -> Record:
    """Anything at all from a minute on: [R, T, ...] counts."""
    values: dict[str, Any] = {field.name: getattr(record, field.name) for field in fields(record)}
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            values[name] = np.where(
                np.arange(value.shape[1]).reshape((1, -1) + (1,) * (value.ndim - 2)) < since,
                value,
                chance.poisson(7, value.shape),
            )
        else:
            values[name] = spoiled(value, since, chance)
    return replace(record, **values)


@judges
@releases
def test_what_comes_later_changes_nothing_that_was_said(judge: str, steady: Steady) -> None:
    """Cut at random minutes and continued with anything, verdicts and evidence until then are the same."""
    watch, episode = WATCHES[judge], draw(steady, 1, RELEASES)
    said = watch(episode)
    chance = np.random.default_rng(5)
    for since in (1, steady.minutes - 1, *chance.integers(2, steady.minutes - 1, 4)):
        again = watch(replace(episode, stream=spoiled(episode.stream, int(since), chance)))

        assert np.array_equal(np.minimum(again.rolled_back, since), np.minimum(said.rolled_back, since))
        for one, other in ((said.evidence, again.evidence), (said.held, again.held)):
            assert (one is None) == (other is None)
            if one is not None and other is not None:
                assert np.array_equal(one[:, :since], other[:, :since])


@judges
@releases
def test_a_release_is_judged_alone(judge: str, steady: Steady) -> None:
    """However many are watched at once."""
    watch, episode = WATCHES[judge], draw(steady, 2, RELEASES)
    together = watch(episode)
    some = slice(2, 4)
    alone = watch(
        Episode(rows(episode.past, some), episode.plan, rows(episode.stream, some), rows(episode.truth, some))
    )

    assert np.array_equal(alone.rolled_back, together.rolled_back[some])
    if alone.evidence is not None and together.evidence is not None:
        assert np.allclose(alone.evidence, together.evidence[some])


@judges
@releases
def test_verdicts_are_of_their_shapes_and_never_unknown(judge: str, steady: Steady) -> None:
    """A minute or T of each release; evidence is a number or an infinity in each minute."""
    said = WATCHES[judge](draw(steady, 3, RELEASES))

    assert said.rolled_back.shape == (RELEASES,)
    assert ((said.rolled_back >= 0) & (said.rolled_back <= steady.minutes)).all()
    if said.evidence is not None:
        assert said.evidence.shape == (RELEASES, steady.minutes)
        assert not np.isnan(said.evidence).any()


@judges
def test_nobody_rolls_back_a_release_of_which_nothing_is_known(judge: str) -> None:
    """No session, no crash: no judge has anything to say."""
    assert (WATCHES[judge](draw(BAD["silent"], 4, RELEASES)).rolled_back == BAD["silent"].minutes).all()


@judges
def test_a_crash_rate_of_many_times_as_much_is_found_by_all(judge: str) -> None:
    """Twenty times as many crashes in each of 200 sessions a minute are missed by none, in a canary or a replace."""
    for kind in ("canary", "replace"):
        plain = Steady(kind=kind, share=0.5, sessions=400.0, effect=20.0)
        assert (WATCHES[judge](draw(plain, 5, RELEASES)).rolled_back < plain.minutes).all()


def test_names_are_of_one_judge_each() -> None:
    """Results are kept by name."""
    assert len(WATCHES) == len(JUDGES) + len(LIMITS) + len(ORACLES)
