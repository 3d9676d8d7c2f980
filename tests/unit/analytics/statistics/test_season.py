"""analytics/statistics/season.py: the rate by hour, found in histories whose truth is known."""

import numpy as np
import pytest

from analytics.statistics import season
from analytics.statistics.likelihood import Vector
from tests.fakes.service import DAY, Service, shape_of_day


def flat(days: int, sessions: float = 1_000.0, units: float = 10.0) -> tuple[Vector, Vector]:
    """Units and sessions of so many days, the same in each bin."""
    return np.full(days * DAY, units), np.full(days * DAY, sessions)


def test_the_rate_of_each_hour_is_found() -> None:
    """.6 to 1.4 % over the day, from a million sessions a day; a minute after midnight is one hour's end and start."""
    past = Service(sessions=10_000.0).past(1, np.random.default_rng(1))
    found = season.fit(past.units[0, :, 0], past.started[0, :, 0])
    at = np.arange(0.0, 1_440.0, 10.0) + 5.0

    assert found.at(at) == pytest.approx(0.01 * shape_of_day(DAY), rel=0.04)
    assert found.at(at + 1_440.0) == pytest.approx(found.at(at))
    assert found.before(14 * DAY, known_at_start=False)[-DAY:] == pytest.approx(found.at(at - 1_440.0), rel=0.02)


def test_between_hours_the_rate_does_not_jump() -> None:
    """At most a sixtieth of the step from hour to hour in a minute."""
    units, started = flat(14)
    units[::DAY] = 0.0
    steps = np.diff(season.fit(units, started).at(np.arange(0.0, 2_880.0)))

    assert np.abs(steps).max() < np.ptp(season.fit(units, started).rate) / 60.0 + 1e-12


def test_incidents_are_left_out() -> None:
    """Seven hours at five times the rate, twice, and an hour at twice the rate: they are no season."""
    units, started = flat(14, sessions=10_000.0, units=100.0)
    for begin, length, times in [(300, 42, 5.0), (1_000, 42, 5.0), (1_500, 6, 2.0)]:
        units[begin : begin + length] *= times
    found = season.fit(units, started)

    assert found.rate == pytest.approx(np.full(24, 0.01), rel=0.01)
    assert not found.kept.reshape(-1)[50:57].any()
    assert found.kept.mean() > 0.9


def test_a_noisy_services_hills_are_no_incidents() -> None:
    """It strays by half of its rate: few hours are left out, but one that is eight times as high is."""
    past = Service(sessions=7_000.0, spread=0.5).past(20, np.random.default_rng(7))
    units = past.units[..., 0].copy()
    units[:, 1_000:1_006] = 8.0 * 70.0
    found = season.fit(units, past.started[..., 0])

    assert found.kept.mean() > 0.9
    assert not found.kept.reshape(20, -1)[:, 167].any()


def test_the_level_is_that_of_the_last_three_days() -> None:
    """A quarter more since then; at each day's start only what was before it is known."""
    units, started = flat(14)
    units[-3 * DAY :] *= 1.25
    found = season.fit(units, started)

    assert found.at(np.array([30.0])) == pytest.approx(0.0125, rel=0.01)
    assert found.levels[..., -2] < found.levels[..., -1]
    assert found.before(DAY, known_at_start=True)[0] < found.before(DAY, known_at_start=False)[0]


def test_a_rate_that_stays_high_is_a_level_and_no_incident() -> None:
    """Four times as much for two days and more: it will be so after the deploy too."""
    units, started = flat(14)
    units[-2 * DAY :] *= 4.0
    found = season.fit(units, started)

    assert found.at(np.array([30.0])) > 0.025


def test_gaps_tell_nothing() -> None:
    """Two days without telling are no days without hurt users; nor are users whom no session was told of."""
    units, started = flat(14)
    started[500:788] = units[500:788] = 0.0
    units[520] = 50.0
    found = season.fit(units, started)

    assert found.rate == pytest.approx(np.full(24, 0.01), rel=0.01)
    assert not found.kept.reshape(-1)[84:131].any()


@pytest.mark.parametrize("bins", [0, 1, 5, 143, 144, 145, 500])
def test_any_length_of_history_will_do(bins: int) -> None:
    """The end is what counts: what is missing of the first day is a gap."""
    found = season.fit(np.full(bins, 10.0), np.full(bins, 1_000.0))

    assert np.isfinite(found.at(np.array([0.0, 700.0]))).all()
    assert found.levels.shape[-1] == found.kept.shape[-2] + 1 == max(-(-bins // DAY), 1) + 1
    assert found.before(bins, known_at_start=True).shape == (bins,)
    assert found.kept.sum() == -(-bins // 6)


def test_nothing_known_is_not_a_rate_of_zero() -> None:
    """One in a hundred without history; one unit over all of a spotless one."""
    nothing, spotless = season.fit(np.zeros(0), np.zeros(0)), season.fit(*reversed(flat(14, units=0.0, sessions=0.0)))
    calm = season.fit(np.zeros(14 * DAY), np.full(14 * DAY, 100.0))

    assert nothing.rate == pytest.approx(np.full(24, 0.01))
    assert spotless.rate == pytest.approx(np.full(24, 0.01))
    assert calm.rate == pytest.approx(np.full(24, 1 / 201_700), rel=0.2)


def test_few_units_move_an_hour_little() -> None:
    """Ten in one hour of a fortnight's fifty: 30 as many as due stand beside them."""
    units, started = np.zeros(14 * DAY), np.full(14 * DAY, 100.0)
    units[::40] = 1.0
    units[-3] = 10.0
    found = season.fit(units, started)

    assert found.rate.max() / found.rate.min() < 1.5


def test_services_side_by_side_are_what_each_is_alone() -> None:
    """Rates, levels and what is left out."""
    past = Service(spread=0.3).past(3, np.random.default_rng(2))
    together = season.fit(past.units[..., 0], past.started[..., 0])
    alone = season.fit(past.units[1, :, 0], past.started[1, :, 0])

    assert together.rate[1] == pytest.approx(alone.rate)
    assert together.levels[1] == pytest.approx(alone.levels)
    assert (together.kept[1] == alone.kept).all()
    assert together.before(100, known_at_start=True)[1] == pytest.approx(alone.before(100, known_at_start=True))
