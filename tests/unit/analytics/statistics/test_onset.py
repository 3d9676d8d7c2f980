"""analytics/statistics/onset.py: the recursion over every onset, against the sums it stands for."""

from math import exp, inf, isfinite, log

import numpy as np
import pytest

from analytics.statistics import e_process, onset
from analytics.statistics.e_process import EFFECT_WEIGHTS, EFFECTS
from analytics.statistics.likelihood import concurrent

MARGIN = 0.05
NOTHING = np.full(len(EFFECTS), -inf)


def evidence_of(course: list[tuple[int, int]], share: float, minutes: int) -> float:
    """``log E`` after minutes of (new, old) users."""
    stakes, running, at_margin = onset.usual(minutes), NOTHING, 0.0
    for minute, (new, old) in enumerate(course):
        increment = concurrent(np.append(EFFECTS, 1 + MARGIN), new, old, share)
        running = onset.step(running, increment[:-1], stakes.stake(minute))
        at_margin += float(increment[-1])
    return float(e_process.log_evidence(running, at_margin, stakes.unspent(len(course) - 1)))


@pytest.mark.parametrize("minutes", [1, 2, 90, 1440, 20_160])
def test_the_stakes_on_all_onsets_sum_to_one(minutes: int) -> None:
    """So the mixture over onsets is an e-process; 65 % of it is placed in the first minute."""
    stakes = onset.usual(minutes)

    assert np.exp(stakes.log_stakes).sum() == pytest.approx(1.0)
    assert exp(stakes.log_stakes[0]) == pytest.approx(0.65)
    assert (np.diff(np.exp(stakes.log_unspent)) <= 0).all()
    assert stakes.log_unspent[-1] == -inf


def test_later_stakes_thin_out_as_stated() -> None:
    """w_k is proportional to 1/(k + 30) (P3)."""
    stakes = onset.stakes(1440)

    assert stakes[100] / stakes[10] == pytest.approx(40 / 130)


def test_the_recursion_is_the_mixture_over_every_onset() -> None:
    """Written out: sum over k of w_k times the likelihood ratio from k on, and the stake not placed yet."""
    course = [(0, 2), (3, 1), (1, 0), (0, 0), (4, 2)]
    share, minutes = 0.3, 8
    stakes = onset.stakes(minutes)
    numerator = float(stakes[len(course) :].sum())
    for weight, effect in zip(EFFECT_WEIGHTS, EFFECTS, strict=True):
        for begun in range(len(course)):
            since = [float(concurrent(np.array([effect]), *told, share)[0]) for told in course[begun:]]
            numerator += float(weight) * float(stakes[begun]) * exp(sum(since))
    at_margin = sum(float(concurrent(np.array([1 + MARGIN]), *told, share)[0]) for told in course)

    expected = log(numerator) - float(e_process.log_healthy(at_margin))

    assert evidence_of(course, share, minutes) == pytest.approx(expected)


def test_minutes_without_users_are_no_evidence() -> None:
    """Waiting alone neither wins nor loses."""
    assert evidence_of([(0, 0)] * 50, 0.3, 60) == pytest.approx(0.0)


def test_after_the_planned_bake_the_test_goes_on() -> None:
    """Longer than planned, all stakes are placed, and evidence still grows and stays finite."""
    quiet = [(0, 1)] * 5
    later = evidence_of([*quiet, *[(3, 0)] * 10], 0.3, 4)

    assert isfinite(later)
    assert later > evidence_of(quiet, 0.3, 4)


def test_a_late_onset_costs_a_bounded_stake() -> None:
    """A regression from minute 200 on is found in spite of 200 healthy minutes."""
    healthy, bad = [(3, 7)] * 200, [(15, 7)] * 12

    assert evidence_of(healthy, 0.3, 1440) < 0
    assert evidence_of(healthy + bad, 0.3, 1440) > e_process.threshold(0.0025)


@pytest.mark.parametrize("seed", range(5))
def test_the_onset_told_is_the_likeliest(seed: int) -> None:
    """By search over all: argmax of w_k times the likelihood ratio from k on; in increments small and large."""
    chance = np.random.default_rng(seed)
    minutes = 60
    increments = chance.normal(-0.05, chance.choice([0.02, 0.3, 3.0]), (minutes, 4, 6))
    stakes = onset.usual(minutes)
    onsets = onset.none_yet((4, 6))
    for minute in range(minutes):
        onsets = onset.follow(onsets, increments[minute], stakes.stake(minute), minute)
        since = np.cumsum(increments[minute::-1], axis=0)[::-1]
        terms = stakes.log_stakes[: minute + 1, None, None] + since

        assert (onsets.since == terms.argmax(axis=0)).all()
        assert onsets.running == pytest.approx(np.logaddexp.reduce(terms, axis=0))


def test_where_a_minute_tells_little_the_onset_is_still_found() -> None:
    """.05 nats lost a minute, and from minute 300 on as much won; all older bets together exceed any new one."""
    increments = np.where(np.arange(600) < 300, -0.05, 0.05)[:, None]
    onsets, stakes = onset.none_yet((1,)), onset.usual(720)
    for minute, increment in enumerate(increments):
        onsets = onset.follow(onsets, increment, stakes.stake(minute), minute)

    assert onsets.since[0] == pytest.approx(300, abs=5)


def test_each_of_many_releases_may_have_stakes_of_its_own() -> None:
    """Side by side they are what each is alone; beyond the last minute nothing is placed."""
    plans = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])
    increments = np.random.default_rng(3).normal(0.0, 1.0, (5, 2, 6))
    together, each = onset.none_yet((2, 6)), [onset.none_yet((6,)), onset.none_yet((6,))]
    both = onset.schedule(plans)
    for minute in range(5):
        together = onset.follow(together, increments[minute], both.stake(minute), minute)
        for number in range(2):
            stake = onset.schedule(plans[number]).stake(minute)
            each[number] = onset.follow(each[number], increments[minute, number], stake, minute)

    assert together.running == pytest.approx(np.array([one.running for one in each]))
    assert (together.since == np.array([one.since for one in each])).all()
    assert (both.stake(3) == -inf).all()
    assert np.exp(both.unspent(1)) == pytest.approx([0.2, 0.8])
