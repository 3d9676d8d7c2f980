"""analytics/statistics/spread.py: how far rates stray, found in histories whose drift is known."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.statistics import season, spread
from analytics.statistics.likelihood import Vector
from analytics.statistics.profile import Past
from analytics.statistics.season import Season
from tests.fakes.service import DRIFT_MINUTES, Service, drifting


def seasons(past: Past) -> tuple[Vector, Season, Season]:
    units = past.units.sum(axis=-1)
    return units, season.fit(units, past.started.sum(axis=-1)), season.fit(past.sibling_units, past.sibling_started)


@pytest.mark.parametrize("truth", [0.1, 0.2, 0.5])
@pytest.mark.parametrize("days", [2, 4, 14])
def test_the_spread_is_found(truth: float, days: int) -> None:
    """On average of 60 services with 10,000 hurt users a day, and with it what so few days leave open of the season."""
    past = Service(sessions=7_000.0, spread=truth, days=days).past(60, np.random.default_rng(days))
    units, own, _ = seasons(past)

    found = float(np.mean(spread.spread(units, own)))

    assert 0.93 * truth < found < 1.1 * truth * np.sqrt(1 + 1 / (days - 1))


def test_chance_alone_is_no_spread() -> None:
    """Poisson counts of 5, and of 500, an hour."""
    for sessions, most in [(80.0, 0.15), (8_000.0, 0.05)]:
        units, own, _ = seasons(Service(sessions=sessions).past(40, np.random.default_rng(3)))

        assert np.mean(spread.spread(units, own)) < most


def test_a_level_known_from_few_units_is_known_badly() -> None:
    """From 99 in three days to a tenth, from none to a factor of e; more spread than 1.5 is none that can be told."""
    units = np.ones(2_016)
    found = season.fit(units, np.full(2_016, 100.0))
    none, some = (spread.spread(units, replace(found, units=np.array(seen))) for seen in (0.0, 99.0))

    assert none**2 - some**2 == pytest.approx(1.0 - 0.1**2)


@pytest.mark.parametrize("truth", [0.0, 0.5, 1.0])
def test_what_siblings_share_is_found(truth: float) -> None:
    """On average of 60 services; and no service is coupled to less than nothing or more than all."""
    past = Service(sessions=7_000.0, spread=0.3, coupling=truth).past(60, np.random.default_rng(4))
    units, own, theirs = seasons(past)
    found = spread.coupling(units, own, past.sibling_units, theirs)

    assert np.mean(found) == pytest.approx(truth, abs=0.08)
    assert ((found >= 0.0) & (found <= 1.0)).all()


def test_siblings_are_trusted_as_far_as_they_have_no_noise_of_their_own() -> None:
    """The formula is 1/(1 + 240 lambda v); none of the variance is theirs alone where all of it is shared."""
    past = Service(sessions=700.0, spread=0.3).past(1, np.random.default_rng(5))
    _, _, theirs = seasons(past)
    a_minute = float(past.sibling_units.mean()) / 10
    own, noisy = np.array([0.3]), np.array([0.4])

    alone = spread.trust(own, np.array([0.5]), noisy, theirs)
    shared = spread.trust(own, np.array([1.0]), own, theirs)

    assert alone == pytest.approx(1 / (1 + 240 * a_minute * (0.16 - 0.0225)), rel=0.05)
    assert shared == pytest.approx(1.0)


def test_an_hours_mean_has_less_variance() -> None:
    """By simulation of 10-minute steps."""
    hours = drifting((2_000, 60), np.random.default_rng(6)).reshape(2_000, 10, 6).mean(axis=-1)

    assert DRIFT_MINUTES == 120.0
    assert hours.var() == pytest.approx(spread.HOUR_MEAN, abs=0.04)


def test_without_siblings_nothing_is_shared_and_nothing_distrusted() -> None:
    """None of them has a session."""
    units, own, theirs = seasons(
        Past(np.full((2_016, 1), 100.0), np.ones((2_016, 1)), np.zeros(2_016), np.zeros(2_016))
    )

    assert spread.coupling(units, own, np.zeros(2_016), theirs) == 0.0
    assert spread.trust(np.array(0.2), np.array(0.0), np.array(1.0), theirs) == 1.0
