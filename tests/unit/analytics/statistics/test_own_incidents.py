"""analytics/statistics/own_incidents.py: incidents planted into a history are counted, and silence is weighed."""

import numpy as np
import pytest

from analytics.statistics import causes, own_incidents
from analytics.statistics.causes import Counts, Incidents, Siblings
from analytics.statistics.likelihood import Vector
from tests.fakes.service import DAY

ALIKE = Siblings(np.array(0.1), np.array(0.5), np.array(0.5))
MODEL = causes.beside_siblings(np.full(1, 0.1), ALIKE, minutes=10.0)
BINS = 14 * DAY


def learned(due: float, times: Vector | float = 1.0, siblings: Vector | float = 1.0, bins: int = BINS) -> Incidents:
    """From counts that are what was due in each bin, times what is said."""
    own, control = np.full(bins, due) * times, np.full(bins, due) * siblings
    return own_incidents.learn(MODEL, Counts(own, np.full(bins, due), control, np.full(bins, due)))


def hours_of(times: float, begins: list[int]) -> Vector:
    """So many times as much in the six bins from each of these on."""
    found = np.ones(BINS)
    for begin in begins:
        found[begin : begin + 6] = times
    return found


def test_incidents_of_its_own_are_counted() -> None:
    """Six of an hour in 14 days: (14 + 14)/(1.4 + 6) days between, and (50 + 360)/(2 + 6) minutes."""
    found = learned(50.0, hours_of(3.0, [100, 300, 700, 1_000, 1_500, 1_800]))

    assert found.days == pytest.approx(28 / 7.4, rel=0.01)
    assert found.minutes == pytest.approx(410 / 8, rel=0.05)


def test_incidents_that_siblings_have_too_are_not_its_own() -> None:
    """The same hours on either."""
    times = hours_of(3.0, [100, 300, 700, 1_000, 1_500, 1_800])

    assert learned(50.0, times, times).days > 19.0


def test_a_busy_service_without_incidents_is_believed() -> None:
    """Where one would have been seen: 28 days for 1.4."""
    found = learned(50.0)

    assert found.days == pytest.approx(20.0, rel=0.01)
    assert found.minutes == pytest.approx(25.0)


def test_the_silence_of_a_small_service_teaches_nothing() -> None:
    """Of three units a day no incident is seen."""
    found = learned(0.02)

    assert found.days == pytest.approx(10.0, rel=0.01)
    assert found.minutes == pytest.approx(25.0)


@pytest.mark.parametrize("bins", [0, 1, 200])
def test_with_less_history_less_is_learned(bins: int) -> None:
    """A day and a half of silence of ten in all."""
    assert learned(50.0, bins=bins).days == pytest.approx((14 + bins / DAY) / 1.4, rel=0.01)


def test_gaps_are_no_days_without_incident() -> None:
    """Seven days of fourteen without a session: nothing due, nothing seen."""
    due = np.where(np.arange(BINS) < BINS // 2, 0.0, 50.0)

    assert own_incidents.learn(MODEL, Counts(due, due, due, due)).days == pytest.approx(15.0, rel=0.01)


def test_services_side_by_side_are_what_each_is_alone() -> None:
    """One with six incidents, and one with none."""
    model = causes.beside_siblings(np.full((2, 1), 0.1), ALIKE, minutes=10.0)
    own = 50.0 * np.stack([hours_of(3.0, [100, 300, 700, 1_000, 1_500, 1_800]), np.ones(BINS)])
    due = np.full((2, BINS), 50.0)
    found = own_incidents.learn(model, Counts(own, due, due, due))

    assert found.days == pytest.approx([28 / 7.4, 20.0], rel=0.01)
