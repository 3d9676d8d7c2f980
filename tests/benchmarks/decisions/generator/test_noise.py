"""benchmarks/decisions/generator/noise.py against what defines the process."""

import numpy as np
import pytest

from benchmarks.decisions.generator.grid import Grid
from benchmarks.decisions.generator.noise import coupled, multiplier, slow_noise

RELEASES = 400
GRID = Grid(60)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_noise_forgets_exponentially_across_the_deploy_as_well() -> None:
    noise = slow_noise(np.random.default_rng(1), GRID, np.full(RELEASES, 120.0))
    middles = GRID.middles
    for one, other in ((100, 112), (2015, 2016), (2010, 2075), (2016, 2075)):
        expected = np.exp(-(middles[other] - middles[one]) / 120.0)
        assert correlation(noise[:, one], noise[:, other]) == pytest.approx(expected, abs=0.1)
    assert noise.std() == pytest.approx(1.0, abs=0.03)


def test_coupled_noise_has_the_correlation_asked_for() -> None:
    generator = np.random.default_rng(1)
    one, other = generator.standard_normal((2, RELEASES, 100))
    mixed = coupled(one, other, 0.7)
    assert correlation(one.ravel(), mixed.ravel()) == pytest.approx(0.7, abs=0.02)
    assert mixed.std() == pytest.approx(1.0, abs=0.02)


def test_a_multiplier_has_mean_one() -> None:
    noise = np.random.default_rng(1).standard_normal((RELEASES, 1000))
    factors = multiplier(noise, np.full(RELEASES, 0.4))
    assert factors.mean() == pytest.approx(1.0, abs=0.01)
    assert np.log(factors).std() == pytest.approx(0.4, abs=0.01)
