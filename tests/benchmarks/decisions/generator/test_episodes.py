"""benchmarks/decisions/generator/episodes.py, and the axis of time that they lie on."""

import numpy as np
import pytest

from benchmarks.decisions.generator.episodes import Law, episodes
from benchmarks.decisions.generator.grid import PAST, PAST_MINUTES, WATCH, Grid

GRID = Grid(720)


def test_episodes_come_as_often_and_last_as_long_as_their_law_says() -> None:
    law = Law(a_day=(0.5, 0.5), minutes=30.0, spread=0.0, factor=(2.0, 4.0))
    factors = episodes(np.random.default_rng(1), law, 300, GRID)
    share = (factors[:, WATCH] > 1.0).mean()
    assert share == pytest.approx(0.5 * 30 / 1440, rel=0.2)
    assert factors[:, WATCH][factors[:, WATCH] > 1.0].min() >= 2.0
    assert factors.max() <= 4.0


def test_one_that_is_certain_is_in_every_release_between_its_minutes() -> None:
    law = Law(a_day=None, minutes=20.0, spread=0.0, factor=(3.0, 3.0))
    factors = episodes(np.random.default_rng(1), law, 50, GRID, certain=(100.0, 200.0))
    watch = factors[:, WATCH]
    onset = (watch > 1.0).argmax(axis=1)
    assert (factors[:, PAST] == 1.0).all()
    assert 100 <= onset.min() < onset.max() <= 200
    assert set((watch == 3.0).sum(axis=1)) <= {20, 21, 22}


def test_one_that_began_before_the_deploy_goes_on_after_it() -> None:
    law = Law(a_day=None, minutes=60.0, spread=0.0, factor=(3.0, 3.0))
    factors = episodes(np.random.default_rng(1), law, 5, GRID, certain=(-30.0, -30.0))
    middles = GRID.middles
    assert (factors[:, (middles > -30) & (middles < 30)] == 3.0).all()
    assert (factors[:, (middles < -31) | (middles > 31)] == 1.0).all()


def test_a_bin_has_the_mean_of_its_minutes() -> None:
    values = np.zeros((1, PAST_MINUTES + 720))
    values[0, 5:10] = 1.0
    assert GRID.of_minutes(values)[0, :2].tolist() == [0.5, 0.0]
