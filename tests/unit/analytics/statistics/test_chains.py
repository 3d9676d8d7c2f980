"""analytics/statistics/chains.py, against scipy's matrix exponential and the processes they stand for."""

import numpy as np
import pytest
from scipy.linalg import expm

from analytics.statistics import chains
from analytics.statistics.chains import LEVELS


@pytest.mark.parametrize("minutes", [1.0, 10.0, 60.0])
def test_drift_is_an_ornstein_uhlenbeck_process(minutes: float) -> None:
    """From any level but the edges the mean falls to e^-t/120 of it, and the variance grows to 1 - e^-2t/120."""
    chain = chains.drift(minutes)
    kept = np.exp(-minutes / 120.0)
    inner = np.abs(LEVELS) <= 1.5

    mean = chain.transition @ LEVELS
    variance = chain.transition @ LEVELS**2 - mean**2

    assert mean[inner] == pytest.approx(kept * LEVELS[inner], abs=0.003)
    assert variance[inner] == pytest.approx(1.0 - kept**2, rel=0.02)


def test_drift_has_unit_variance_in_the_long_run() -> None:
    """And is centred."""
    usual = chains.drift(1.0).usual

    assert (usual * LEVELS).sum() == pytest.approx(0.0)
    assert (usual * LEVELS**2).sum() == pytest.approx(1.0, abs=0.01)


def test_ten_steps_of_a_minute_are_one_of_ten() -> None:
    """Of drift and of incidents."""
    days, lasting = np.array([2.0, 10.0]), np.array([40.0, 25.0])
    for one, ten in [
        (chains.drift(1.0), chains.drift(10.0)),
        (chains.incidents(days, lasting, 1.0), chains.incidents(days, lasting, 10.0)),
    ]:
        assert np.linalg.matrix_power(one.transition, 10) == pytest.approx(ten.transition)


def test_incidents_come_and_go_at_their_rates() -> None:
    """The matrix exponential of the rates written out."""
    rates = np.array([[-1 / 2_880 - 1 / 14_400, 1 / 2_880, 1 / 14_400], [1 / 40, -1 / 40, 0.0], [1 / 25, 0.0, -1 / 25]])
    chain = chains.incidents(np.array([2.0, 10.0]), np.array([40.0, 25.0]), 7.0)

    assert chain.transition == pytest.approx(expm(7.0 * rates))
    assert chain.usual[1:] / chain.usual[0] == pytest.approx([40 / 2_880, 25 / 14_400])


@pytest.mark.parametrize("minutes", [1.0, 10.0])
def test_chains_keep_their_stationary_law(minutes: float) -> None:
    """Rows sum to 1, and no transition is impossible."""
    for chain in (chains.drift(minutes), chains.incidents(np.array([2.0, 1e4]), np.array([40.0, 1.0]), minutes)):
        assert chain.usual @ chain.transition == pytest.approx(chain.usual)
        assert chain.transition.sum(axis=-1) == pytest.approx(np.ones(len(chain.usual)))
        assert (chain.transition > 0.0).all()


def test_services_with_incidents_of_their_own_lie_side_by_side() -> None:
    """Each as it is alone."""
    days, lasting = np.array([[2.0, 10.0], [1.0, 30.0]]), np.array([40.0, 25.0])
    together = chains.incidents(days, lasting, 1.0)

    for number in range(2):
        alone = chains.incidents(days[number], lasting, 1.0)
        assert together.transition[number] == pytest.approx(alone.transition)
        assert together.usual[number] == pytest.approx(alone.usual)
