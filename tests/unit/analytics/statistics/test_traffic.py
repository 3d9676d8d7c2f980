"""analytics/statistics/traffic.py: what traffic is due, and where its telling is at fault."""

import numpy as np
import pytest

from analytics.statistics import traffic
from analytics.statistics.likelihood import Numbers, Vector
from analytics.statistics.traffic import NOTHING_TOLD
from tests.fakes.service import DAY, shape_of_day

HOUR = 6


def told(started: Numbers, due: float) -> tuple[Vector, Vector]:
    """Whether each minute is at fault, and its exposure."""
    so_far, faults, exposures = NOTHING_TOLD, [], []
    for sessions in started:
        so_far = traffic.tell(so_far, np.asarray(sessions, dtype=float), np.array(due))
        faults.append(traffic.faulty(so_far))
        exposures.append(traffic.exposure(so_far, np.asarray(sessions, dtype=float), np.array(due)))
    return np.array(faults), np.array(exposures)


def test_the_shape_of_a_day_is_found() -> None:
    """A minute's sessions in each hour, and the same on each day of the week."""
    found = traffic.learn(600.0 * shape_of_day(14 * DAY))

    assert found.sessions[:24] == pytest.approx(60.0 * shape_of_day(DAY).reshape(24, HOUR).mean(axis=-1))
    assert [float(found.at(minute)) for minute in (59, 60)] == found.sessions[:2].tolist()
    assert found.at(7 * 1_440 + 30) == found.sessions[0]


def test_weekends_are_quieter() -> None:
    """Half on the last two days of each week before the deploy: most of that is known after two of them."""
    started = np.full(14 * DAY, 600.0)
    for week in range(2):
        started[(7 * week + 5) * DAY : (7 * week + 7) * DAY] = 300.0
    found = traffic.learn(started)

    assert found.sessions[0] == pytest.approx(60.0, rel=0.06)
    assert found.sessions[5 * 24] == pytest.approx(30.0, rel=0.3)
    assert not told(np.full(600, 30.0), float(found.sessions[5 * 24]))[0].any()


def test_a_gap_is_no_quiet_hour() -> None:
    """A day without telling leaves the others as they were."""
    started = np.full(14 * DAY, 600.0)
    started[7 * DAY : 8 * DAY] = 0.0

    assert traffic.learn(started).sessions == pytest.approx(np.full(168, 60.0))


@pytest.mark.parametrize("bins", [0, 1, 143, 500, 3_000])
def test_any_length_of_history_will_do(bins: int) -> None:
    """What nothing is known of has no traffic due, and so no fault."""
    found = traffic.learn(np.full(bins, 600.0))

    assert found.sessions.shape == (168,)
    assert np.isfinite(found.sessions).all()
    assert not told(np.zeros(50), float(traffic.learn(np.zeros(0)).at(0)))[0].any()


@pytest.mark.parametrize("due", [0.05, 1.0, 17.0, 2_000.0])
def test_sessions_that_come_as_due_are_no_fault(due: float) -> None:
    """In a day's 1,440 minutes of Poisson counts; and exposure is what started, to the session."""
    started = np.random.default_rng(1).poisson(due, 1_440)
    faults, exposures = told(started, due)

    assert not faults.any()
    assert (exposures == started).all()


def test_sessions_that_stop_are_a_fault_and_what_was_due_counts() -> None:
    """At 2,000 a minute at once; at one a minute within 90 minutes, and from then on."""
    assert told(np.array([2_000, 0]), 2_000.0)[0].tolist() == [False, True]
    started = np.concatenate([np.ones(200), np.zeros(150)])
    faults, exposures = told(started, 1.0)

    assert not faults[:210].any()
    assert faults[290:].all()
    assert (exposures[290:] == 1.0).all()


def test_more_than_was_due_counts_as_it_is() -> None:
    """Also in a fault of the last hours."""
    _, exposures = told(np.concatenate([np.full(30, 100.0), np.zeros(30), [300.0]]), 100.0)

    assert exposures[-1] == 300.0


def test_services_side_by_side_are_what_each_is_alone() -> None:
    """Their weeks and their faults."""
    started = np.random.default_rng(2).poisson(np.array([[5.0], [500.0]]), (2, 1_000)).astype(float)
    together = traffic.learn(started)

    assert together.sessions[1] == pytest.approx(traffic.learn(started[1]).sessions)
    both = traffic.tell(NOTHING_TOLD, np.array([0.0, 50.0]), together.at(0))
    assert traffic.faulty(both).tolist() == [
        bool(traffic.faulty(traffic.tell(NOTHING_TOLD, np.array(0.0), together.at(0)[0]))),
        bool(traffic.faulty(traffic.tell(NOTHING_TOLD, np.array(50.0), together.at(0)[1]))),
    ]
