"""analytics/statistics/temper.py: pretended deploys, on services that behave as the model says and on others."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analytics.statistics import profile, temper
from analytics.statistics.causes import Counts
from analytics.statistics.profile import Past
from tests.fakes.service import DAY, Service

MARGIN = 0.05


def test_the_temper_is_the_mean_with_safety_and_at_least_one() -> None:
    """1.3 times the mean of what was reached; what stays below 1, where every e-process starts, counts as that."""
    assert temper.temper(np.array([4.0, 2.0, -5.0])) == pytest.approx(1.3 * 2.0)
    assert temper.temper(np.array([[0.5, 0.1], [3.0, 3.0]])) == pytest.approx([1.0, 3.9])
    assert temper.temper(np.zeros((2, 0))).tolist() == [1.0, 1.0]


def test_a_service_that_behaves_as_the_model_says_is_not_tempered() -> None:
    """Nearly none of 20 that drift by .2 and are known to; beside siblings, and beside an old arm."""
    chance = np.random.default_rng(1)
    past = Service(spread=0.2, days=7).past(20, chance)
    known = profile.learn(past)

    assert np.mean(temper.of_replace(known, past, MARGIN) > 1.0) <= 0.1
    assert np.mean(temper.of_canary(known, past, MARGIN, 0.2, chance) > 1.0) <= 0.1


def test_a_service_that_strays_more_than_the_model_says_is() -> None:
    """It drifts by .5 and is thought not to; but of a canary that is no harm, for the old arm drifts with it."""
    chance = np.random.default_rng(2)
    past = Service(spread=0.5, days=7).past(10, chance)
    calm = replace(profile.learn(past), spread=np.full(10, 0.03))

    assert np.median(temper.of_replace(calm, past, MARGIN)) > 1.5
    assert np.median(temper.of_canary(calm, past, MARGIN, 0.2, chance)) < 1.2


def test_too_short_a_history_says_nothing() -> None:
    """Less than six hours and a watch: no deploy can be pretended."""
    past = Past(np.full((100, 1), 100.0), np.ones((100, 1)), np.zeros(100), np.zeros(100))

    assert temper.of_replace(profile.learn(past), past, MARGIN) == 1.0


def test_each_half_day_is_a_deploy_and_knows_the_six_hours_before_it() -> None:
    """From a day and a half three, less one that would have nothing before it."""
    past = Service(days=2).past(1, np.random.default_rng(3))
    short = Past(past.started[:, : DAY * 3 // 2], past.units[:, : DAY * 3 // 2], *[past.sibling_units[:, :216]] * 2)
    known = profile.learn(short)
    counts = profile.history(known, short, known_at_start=True)
    found = temper.highest(profile.of_replace(profile.beside_axis(known), 10.0), counts, MARGIN)

    assert found.shape == (1, 2)


def test_thinning_splits_units_by_the_share() -> None:
    """Of 30,000 a fifth, but for chance; what was due likewise; and not one is lost."""
    own = np.full(1_000, 30.0)
    split = temper.thinned(Counts(own, own, own, own), 0.2, np.random.default_rng(4))

    assert (split.own + split.control == own).all()
    assert stats.binomtest(int(split.own.sum()), 30_000, 0.2).pvalue > 0.001
    assert split.own.var() == pytest.approx(30 * 0.2 * 0.8, rel=0.15)
    assert split.own_due.sum() == pytest.approx(6_000.0)
    assert split.control_due.sum() == pytest.approx(24_000.0)
