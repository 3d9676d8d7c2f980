"""analytics/statistics/old_arm.py: a canary beside an old arm whose history is known."""

import numpy as np
import pytest

from analytics.statistics import causes, e_process, hidden_cause, old_arm, onset
from analytics.statistics.e_process import EFFECTS, threshold
from analytics.statistics.likelihood import Vector, concurrent

MARGIN, SHARE, MINUTES = 0.05, 0.2, 720
OLD_DUE = 0.05
"""Three hurt users an hour on the old arm."""


def with_history(new: Vector, old: Vector) -> Vector:
    """``log E`` in each minute."""
    watch = hidden_cause.Watch(causes.beside_old_arm(0.1), EFFECTS, MARGIN, onset.usual(MINUTES))
    due = np.full(len(new), OLD_DUE)
    counts = old_arm.counts(new, due, np.array(SHARE), old, due)
    return hidden_cause.course(watch, hidden_cause.begin(watch), counts)


def at_the_same_time(new: Vector, old: Vector) -> Vector:
    """``log E`` of the concurrent test in each minute."""
    stakes, running, at_margin = onset.usual(MINUTES), np.full(len(EFFECTS), -np.inf), 0.0
    course = []
    for minute in range(len(new)):
        told = concurrent(np.append(EFFECTS, 1 + MARGIN), new[minute], old[minute], SHARE)
        running, at_margin = onset.step(running, told[:-1], stakes.stake(minute)), at_margin + told[-1]
        course.append(e_process.log_evidence(running, at_margin, stakes.unspent(minute)))
    return np.array(course)


def every(minutes: int, length: int = 300) -> Vector:
    """One unit in each so many minutes."""
    return np.asarray(np.arange(length) % minutes == minutes - 1, dtype=float)


def test_what_was_due_follows_the_share() -> None:
    """Of 8 on an old arm with four fifths of the traffic, 2 on the new one; the control is the whole old arm."""
    counts = old_arm.counts(*(np.array(value) for value in (3.0, 8.0, 0.2, 40.0, 50.0)))

    assert [float(each) for each in (counts.own, counts.control, counts.control_due)] == [3.0, 40.0, 50.0]
    assert counts.own_due == pytest.approx(2.0)


def test_few_units_tell_more_beside_history() -> None:
    """Six times as many on a new arm where one in 80 minutes is due: the old arm's own few units are no control yet."""
    new, old = every(13), every(20)

    assert with_history(new, old)[-1] > at_the_same_time(new, old)[-1] + 2.0


def test_what_hits_the_old_arm_too_is_not_held_against_the_new_one() -> None:
    """Six times as many on either; and the old arm alone looks like an incident."""
    assert with_history(every(13), every(3)).max() < 2.0


def test_a_healthy_canary_gives_no_evidence() -> None:
    """As many as due on either."""
    assert with_history(every(80), every(20)).max() < 0.5


def test_only_few_units_call_for_history() -> None:
    """With a spread of .1, below 400 units in two hours on the old arm (4/s^2)."""
    found = old_arm.few(np.array([3.3, 3.4, 0.1, 0.0]), np.array([0.1, 0.1, 1.0, 1.0]))

    assert found.tolist() == [True, False, False, True]


def test_the_exact_test_alone_can_roll_back() -> None:
    """1.9 nats beyond the threshold, whatever history says."""
    need = threshold(0.01)
    alone = old_arm.log_evidence(np.array(need + 1.9), np.array(-1e6), np.array(1.0))

    assert alone == pytest.approx(need, abs=0.01)


def test_both_tests_are_mixed_and_a_distrusted_history_has_half() -> None:
    """E = .15 E_C + .85 E_H^(1/T); and half of each where T is above 1.5."""
    exact, history = np.log(3.0), np.log(8.0)

    trusted = old_arm.log_evidence(exact, history, np.array([1.0, 1.5]))
    distrusted = old_arm.log_evidence(exact, history, np.array(3.0))

    assert np.exp(trusted) == pytest.approx([0.15 * 3 + 0.85 * 8, 0.15 * 3 + 0.85 * 8 ** (1 / 1.5)])
    assert np.exp(distrusted) == pytest.approx(0.5 * 3 + 0.5 * 2)
