"""analytics/statistics/likelihood.py, against scipy's likelihoods and against its own promises."""

from math import exp, inf, isfinite, log

import numpy as np
import pytest
from scipy import stats

from analytics.statistics import likelihood
from analytics.statistics.likelihood import GRID

THETA = np.array([0.2, 0.7, 1.0, 1.05, 2.0, 20.0])
HUGE = 10**15


def share_of_new(theta: float, share: float) -> float:
    return share * theta / (1 - share + share * theta)


@pytest.mark.parametrize(("new", "old", "share"), [(0, 0, 0.3), (7, 0, 0.1), (0, 9, 0.5), (12, 40, 0.3), (300, 5, 0.9)])
def test_concurrent_is_the_binomial_likelihood_ratio(new: int, old: int, share: float) -> None:
    """Given that so many were hurt, how many of them were of the new arm is binomial."""
    against_one = stats.binom.logpmf(new, new + old, share_of_new(1.0, share))
    expected = [stats.binom.logpmf(new, new + old, share_of_new(theta, share)) - against_one for theta in THETA]

    assert likelihood.concurrent(THETA, new, old, share) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(("seen", "expected"), [(0, 0.0), (0, 3.5), (4, 0.5), (250, 200.0)])
def test_known_mean_is_the_poisson_likelihood_ratio(seen: int, expected: float) -> None:
    """Where the mean is known, the count itself is judged."""
    against_one = stats.poisson.logpmf(seen, expected)
    ratios = [stats.poisson.logpmf(seen, expected * theta) - against_one for theta in THETA]

    assert likelihood.known_mean(THETA, seen, expected) == pytest.approx(ratios, abs=1e-8)


def test_increments_are_relative_to_no_effect() -> None:
    """At theta = 1 nothing is ever won or lost, whatever came."""
    assert likelihood.concurrent(np.ones(1), 123, 45, 0.3)[0] == 0.0
    assert likelihood.known_mean(np.ones(1), 123, 4.5)[0] == 0.0


def test_how_minutes_are_cut_decides_nothing() -> None:
    """Two minutes of the same share say together what one minute with both counts says."""
    apart = likelihood.concurrent(THETA, 3, 8, 0.2) + likelihood.concurrent(THETA, 5, 1, 0.2)

    assert apart == pytest.approx(likelihood.concurrent(THETA, 8, 9, 0.2))


@pytest.mark.parametrize("share", [1e-9, 0.5, 1 - 1e-9])
def test_huge_counts_stay_finite(share: float) -> None:
    """A million billion of users hurt are a number like any other."""
    assert np.isfinite(likelihood.concurrent(GRID, HUGE, HUGE, share)).all()
    assert np.isfinite(likelihood.known_mean(GRID, HUGE, float(HUGE))).all()
    assert isfinite(likelihood.log_sum(likelihood.concurrent(GRID, HUGE, 0, share)))


@pytest.mark.parametrize(("theta", "share"), [(1.0, 0.3), (2.0, 0.1), (0.5, 0.5)])
def test_the_confidence_sequence_holds_at_every_moment_at_once(theta: float, share: float) -> None:
    """In 600 courses of 400 users, looked at after each, the truth is ever left out in at most 5 % (and chance)."""
    chance = np.random.default_rng(20_260_101)
    true = GRID[np.abs(GRID - theta).argmin()]
    is_new = chance.random((600, 400)) < share_of_new(true, share)
    one, other = likelihood.concurrent(GRID, 1, 0, share), likelihood.concurrent(GRID, 0, 1, share)
    new, old = np.cumsum(is_new, axis=1), np.cumsum(~is_new, axis=1)
    course = new[..., None] * one + old[..., None] * other
    mixture = np.logaddexp.reduce(course, axis=-1) - log(len(GRID))
    refuted = mixture - course[..., np.abs(GRID - true).argmin()] >= log(1 / 0.05)

    missed = int(refuted.any(axis=1).sum())

    assert 0 < missed <= stats.binom.ppf(0.999, 600, 0.05)
    last = likelihood.confidence_sequence(course[0, -1], 0.05)
    assert (last[0] <= true <= last[1]) == (not refuted[0, -1])


def test_the_confidence_sequence_without_data_is_the_whole_grid() -> None:
    """Nothing is ruled out before anything was seen."""
    assert likelihood.confidence_sequence(np.zeros(61), 0.05) == (GRID[0], GRID[-1])


def test_more_data_narrow_the_confidence_sequence() -> None:
    """Ten times the users, at the same ratio, leave less."""
    few = likelihood.confidence_sequence(likelihood.concurrent(GRID, 12, 20, 0.3), 0.05)
    many = likelihood.confidence_sequence(likelihood.concurrent(GRID, 120, 200, 0.3), 0.05)

    assert few[0] <= many[0] <= many[1] <= few[1]
    assert few != many


def test_the_estimate_is_the_ratio_of_rates() -> None:
    """30 % of traffic and half of the users hurt are 2.33 times the rate, to the step of the grid."""
    assert likelihood.estimate(likelihood.concurrent(GRID, 500, 500, 0.3)) == pytest.approx(7 / 3, rel=0.04)


def test_the_prior_says_that_most_releases_are_healthy() -> None:
    """95 % between .9 and the margin; the rest anywhere."""
    weights = likelihood.prior(0.05)

    assert weights.sum() == pytest.approx(1.0)
    assert weights[(GRID >= 0.9) & (GRID <= 1.05 + 1e-9)].sum() == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("margin", [0.001, 0.05, 1.0])
def test_the_prior_exists_at_every_margin(margin: float) -> None:
    """There is a theta of the grid between .9 and any margin."""
    assert np.isfinite(likelihood.prior(margin)).all()


def test_the_posterior_is_proportional_to_prior_and_likelihood() -> None:
    """And sums to 1, also where the likelihood alone would overflow."""
    values = likelihood.concurrent(GRID, 40_000, 20_000, 0.3)
    posterior = likelihood.posterior(values, likelihood.prior(0.05))

    assert posterior.sum() == pytest.approx(1.0)
    assert GRID[posterior.argmax()] == pytest.approx(14 / 3, rel=0.04)


def test_divergence_is_that_of_poisson_distributions() -> None:
    """KL(a|b) per unit of exposure, against the sum over counts."""
    counts = np.arange(200)
    p, q = stats.poisson.logpmf(counts, 2.0), stats.poisson.logpmf(counts, 1.05)

    assert likelihood.divergence(2.0, 1.05) == pytest.approx(float((np.exp(p) * (p - q)).sum()))
    assert likelihood.divergence(1.3, 1.3) == 0.0


def test_log_sum_neither_overflows_nor_divides_by_nothing() -> None:
    """The logarithm of a sum of numbers that no float can hold."""
    assert likelihood.log_sum([1000.0, 1000.0]) == pytest.approx(1000.0 + log(2))
    assert likelihood.log_sum([-inf, 0.0]) == 0.0
    assert likelihood.log_sum([-inf, -inf]) == -inf
    assert exp(likelihood.log_sum([log(2), log(3)])) == pytest.approx(5.0)


@pytest.mark.parametrize(("hits", "trials", "share"), [(0, 0, 0.2), (3, 10, 0.2), (10, 10, 0.9), (0, 50, 0.01)])
def test_proportion_is_the_binomial_likelihood_ratio(hits: int, trials: int, share: float) -> None:
    """Of the trials, theta times as large a share hits, but never more than .95."""
    against_one = stats.binom.logpmf(hits, trials, share)
    expected = [stats.binom.logpmf(hits, trials, min(share * theta, 0.95)) - against_one for theta in THETA]

    assert likelihood.proportion(THETA, hits, trials, share) == pytest.approx(expected, abs=1e-8)


def test_a_share_beyond_the_highest_stays_as_it_is() -> None:
    """Nothing is worse than .97 of all; and what is better may be."""
    assert likelihood.worsened(THETA, 0.97) == pytest.approx([0.194, 0.679, 0.97, 0.97, 0.97, 0.97])
