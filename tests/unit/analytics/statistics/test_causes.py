"""analytics/statistics/causes.py: what its two models say of control and service."""

import numpy as np
import pytest

from analytics.statistics import causes
from analytics.statistics.causes import KINDS, OWN, OWN_SIZES, SHARED, SHARED_SIZES, Causes, Siblings

NONE = 0


def siblings(spread: float, coupling: float) -> Siblings:
    return Siblings(np.array(spread), np.array(coupling), np.array(0.5))


@pytest.mark.parametrize("spread", [0.0, 0.03, 0.5, 1.5])
def test_drift_leaves_the_mean_as_it_was_fitted(spread: float) -> None:
    """Of service and siblings; so a wide spread is no margin that nobody asked for."""
    model = causes.beside_siblings(spread, siblings(0.4, 0.5))
    levels = model.usual[NONE] / model.usual[NONE].sum()

    for rate in (model.own, model.control, model.control_alone):
        assert (rate.times[NONE] * levels).sum() == pytest.approx(1.0)


def test_siblings_share_the_coupled_part_of_drift_and_shared_incidents_only() -> None:
    """By themselves they drift as far as they do; in an incident of its own the service is alone."""
    model = causes.beside_siblings(0.4, siblings(0.3, 0.5))
    own, control, alone = model.own.times, model.control.times, model.control_alone.times

    for rate, spread in [(own, 0.4), (control, 0.4 * 0.5), (alone, 0.3)]:
        assert np.diff(np.log(rate), axis=1) == pytest.approx(np.full((KINDS, 12), spread / 2))
    for rate in (control, alone):
        assert rate[SHARED] / rate[NONE] == pytest.approx(np.outer(SHARED_SIZES, np.ones(13)))
        assert rate[OWN] == pytest.approx(np.repeat(rate[[NONE]], len(OWN_SIZES), axis=0))
    assert own[OWN] / own[NONE] == pytest.approx(np.outer(OWN_SIZES, np.ones(13)))
    assert model.shown.tolist() == [0.0, *[1.0] * 7, *[0.0] * 5]


def test_an_old_arm_shares_everything() -> None:
    """Its own incidents too: they are those of the service."""
    model = causes.beside_old_arm(0.4)

    assert model.control.times == pytest.approx(model.own.times)
    assert model.control_alone.times == pytest.approx(model.own.times)
    assert model.trust == 1.0
    assert model.shown.tolist() == [0.0, *[1.0] * 12]


@pytest.mark.parametrize("model", [causes.beside_siblings(0.2), causes.beside_old_arm(0.2)])
def test_incidents_are_as_rare_as_stated(model: Causes) -> None:
    """A shared one on in 40 minutes of two days, an own one in 25 of ten days."""
    chances = model.usual.sum(axis=-1)

    assert model.usual.sum() == pytest.approx(1.0)
    assert chances[SHARED].sum() / chances[NONE] == pytest.approx(40 / 2_880)
    assert chances[OWN].sum() / chances[NONE] == pytest.approx(25 / 14_400)
