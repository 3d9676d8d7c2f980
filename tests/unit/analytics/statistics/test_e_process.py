"""analytics/statistics/e_process.py: the guarantees of 2A, by enumeration, integration and simulation."""

from itertools import product
from math import exp, inf, isfinite, log

import numpy as np
import pytest
from scipy import integrate, stats

from analytics.statistics import e_process, onset
from analytics.statistics.e_process import EFFECT_WEIGHTS, EFFECTS, HEALTHY_SHARE, ISSUE_RATE
from analytics.statistics.likelihood import GRID, Vector, concurrent

MARGIN = 0.05
NOTHING = np.full(len(EFFECTS), -1e300)
ALPHA = 0.05


def label_chance(theta: float, share: float) -> float:
    return share * theta / (1 - share + share * theta)


def evidence_of(course: list[tuple[int, int]], share: float, minutes: int) -> float:
    """``log E`` after minutes of (new, old) users."""
    stakes, running, at_margin = onset.usual(minutes), NOTHING, 0.0
    for minute, (new, old) in enumerate(course):
        increment = concurrent(np.append(EFFECTS, 1 + MARGIN), new, old, share)
        running = onset.step(running, increment[:-1], stakes.stake(minute))
        at_margin += float(increment[-1])
    return float(e_process.log_evidence(running, at_margin, stakes.unspent(len(course) - 1)))


def worst(theta: float, share: float, courses: int, users: int, seed: int) -> Vector:
    """The largest ``log E`` ever reached in each of many courses of one hurt user a minute."""
    chance = np.random.default_rng(seed)
    is_new = chance.random((users, courses)) < label_chance(theta, share)
    at = np.append(EFFECTS, 1 + MARGIN)
    one, other = concurrent(at, 1, 0, share), concurrent(at, 0, 1, share)
    stakes, running = onset.usual(users), np.full((courses, len(EFFECTS)), -1e300)
    at_margin, highest = np.zeros(courses), np.full(courses, -inf)
    for minute in range(users):
        increment = np.where(is_new[minute][:, None], one, other)
        running = onset.step(running, increment[:, :-1], stakes.stake(minute))
        at_margin += increment[:, -1]
        highest = np.maximum(highest, e_process.log_evidence(running, at_margin, stakes.unspent(minute)))
    return highest


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_the_mean_over_all_courses_is_at_most_one_over_the_healthy_share(share: float) -> None:
    """By exact enumeration of ten users at theta = 1: the numerator's mean is 1, and so E's at most 1/p."""
    chance = label_chance(1.0, share)
    total = numerator = 0.0
    for labels in product((0, 1), repeat=10):
        probability = float(np.prod([chance if label else 1 - chance for label in labels]))
        course = [(label, 1 - label) for label in labels]
        evidence = evidence_of(course, share, 10)
        at_margin = sum(float(concurrent(np.array([1 + MARGIN]), new, old, share)[0]) for new, old in course)
        total += probability * exp(evidence)
        numerator += probability * exp(evidence + float(e_process.log_healthy(at_margin)))

    assert numerator == pytest.approx(1.0)
    assert total <= 1 / HEALTHY_SHARE


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_a_healthy_release_ever_reaches_the_threshold_with_at_most_alpha(share: float) -> None:
    """4,000 courses at theta = 1 of 300 users, looked at after each."""
    reached = int((worst(1.0, share, 4_000, 300, seed=7) >= e_process.threshold(ALPHA)).sum())

    assert 0 < reached <= stats.binom.ppf(0.999, 4_000, ALPHA)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_at_the_margin_the_bound_is_as_stated(share: float) -> None:
    """Theta = 1.05 all the time: alpha p/(1-p) = 5.7 alpha; what is reached is far less."""
    reached = int((worst(1 + MARGIN, share, 2_000, 300, seed=8) >= e_process.threshold(0.01)).sum())

    assert reached <= 2_000 * 0.01 * HEALTHY_SHARE / (1 - HEALTHY_SHARE)


def test_better_than_the_old_release_is_found_worse_even_more_rarely() -> None:
    """Theta = .7 is no evidence of harm at any moment."""
    assert (worst(0.7, 0.3, 2_000, 300, seed=9) >= e_process.threshold(ALPHA)).mean() < ALPHA / 2


def test_a_bad_release_is_found() -> None:
    """Theta = 5 at 30 %: in all of 300 courses within 100 hurt users, at alpha = .25 %."""
    assert (worst(5.0, 0.3, 300, 100, seed=10) >= e_process.threshold(0.0025)).all()


def test_effects_weigh_one_in_all() -> None:
    """Each bet is part of one stake."""
    assert EFFECT_WEIGHTS.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("margin", [0.001, 0.05, 0.2, 0.5, 1.0])
def test_no_bet_is_on_what_the_margin_allows(margin: float) -> None:
    """A bet below the margin would win on releases that are as bad as they may be."""
    assert (EFFECTS * e_process.stretch(margin) > 1.14 * (1 + margin)).all()
    assert e_process.stretch(0.05) == 1.0


def test_the_threshold_is_alphas_and_the_healthy_shares() -> None:
    """It is ln 400 + .16 for 2.5 false rollbacks in 1,000."""
    assert e_process.threshold(0.0025) == pytest.approx(log(400) + 0.1625, abs=1e-3)


def test_adopters_who_differ_make_the_margin_the_likelier() -> None:
    """In a ramp three tenths are at theta = 1 (P1): .36 nats more are needed, and at the margin alpha itself holds."""
    assert e_process.threshold(0.01, healthy_share=0.3) == pytest.approx(log(100) + 0.357, abs=1e-3)
    assert e_process.log_healthy(1.0, healthy_share=0.3) == pytest.approx(log(0.3 + 0.7 * exp(1.0)))


def test_evidence_of_many_states_is_that_of_each() -> None:
    """One call for many gives what a call for each gives."""
    each = [evidence_of([(users, 1)], 0.3, 10) for users in range(5)]
    increments = [concurrent(np.append(EFFECTS, 1 + MARGIN), users, 1, 0.3) for users in range(5)]
    stakes = onset.usual(10)
    running = onset.step(NOTHING, np.array(increments)[:, :-1], stakes.stake(0))

    assert e_process.log_evidence(running, np.array(increments)[:, -1], stakes.unspent(0)) == pytest.approx(each)


@pytest.mark.parametrize(("users", "sessions"), [(0, 1_000.0), (3, 500.0), (10, 100_000.0), (40, 20_000.0)])
def test_a_healthy_new_issues_law_is_integrated(users: int, sessions: float) -> None:
    """The denominator is .9 of the mean over rates ~ Exp(nu0/3), and .1 at nu0; by numeric integration (P7)."""
    mean = e_process.ISSUE_HEALTHY_MEAN

    def log_ratio(rate: float) -> float:
        """Of the Poisson likelihood at a rate to that at nu0."""
        return users * log(rate / ISSUE_RATE) - (rate - ISSUE_RATE) * sessions

    def integrand(rate: float) -> float:
        return exp(log_ratio(rate) - rate / mean) / mean if rate > 0 else 0.0

    peak = max(users, 1) / sessions
    marginal = integrate.quad(integrand, 0, 60 * mean, points=[min(peak, 50 * mean)], limit=500, epsabs=0)[0]
    worse = np.mean([exp(log_ratio(ISSUE_RATE * effect)) for effect in e_process.ISSUE_EFFECTS])

    expected = log(worse / (0.9 * marginal + 0.1))

    assert e_process.log_issue_evidence(users, sessions) == pytest.approx(expected, rel=1e-4)


def test_a_healthy_new_issue_is_rarely_blamed() -> None:
    """Rates drawn from the healthy law, looked at over 60 steps of exposure: E reaches 20 in at most 1/(20 * .9)."""
    chance = np.random.default_rng(11)
    reached = 0
    for rate in chance.exponential(e_process.ISSUE_HEALTHY_MEAN, 500):
        counts = np.cumsum(chance.poisson(rate * 1_000, 60))
        course = [e_process.log_issue_evidence(int(users), 1_000.0 * (i + 1)) for i, users in enumerate(counts)]
        reached += float(max(course)) >= log(20)

    assert reached <= stats.binom.ppf(0.999, 500, 1 / 18)


def test_many_users_of_a_new_issue_are_evidence_and_much_exposure_is_none() -> None:
    """20 users in 1,000 sessions are 50 times nu0; 20 in a million a twentieth of it."""
    assert e_process.log_issue_evidence(20, 1_000.0) > 20
    assert e_process.log_issue_evidence(20, 1_000_000.0) < 0


def test_many_new_issues_are_judged_as_each_is() -> None:
    """Of several releases at once."""
    users, sessions = np.array([[0, 3, 40], [1, 1, 10**6]]), np.array([[500.0], [1e6]])
    found = e_process.log_issue_evidence(users, sessions)

    for at in np.ndindex(users.shape):
        assert found[at] == pytest.approx(e_process.log_issue_evidence(int(users[at]), float(sessions[at[0], 0])))


@pytest.mark.parametrize(("users", "sessions"), [(0, 0.0), (10**9, 0.0), (0, 1e15), (10**9, 1e15), (1, 1e-9)])
def test_issue_evidence_is_finite_at_the_extremes(users: int, sessions: float) -> None:
    """Nothing, and more than any product has."""
    assert isfinite(e_process.log_issue_evidence(users, sessions))


def test_stakes_on_new_issues_sum_to_at_most_one() -> None:
    """Over any number of them: pi^2/6 is the sum of 1/i^2."""
    assert sum(e_process.issue_weight(rank) for rank in range(1, 100_000)) == pytest.approx(1.0, abs=1e-4)
    assert sum(e_process.issue_weight(rank) for rank in range(1, 100_000)) < 1.0


def test_the_proof_of_no_harm_is_rarely_wrong() -> None:
    """At theta = 1.5, E >= 20 for "less than 1.5" ever comes in at most 5 % of 1,000 courses."""
    chance = np.random.default_rng(12)
    at = np.append(GRID, 1.5)
    is_new = chance.random((1_000, 300)) < label_chance(1.5, 0.3)
    new, old = np.cumsum(is_new, axis=1), np.cumsum(~is_new, axis=1)
    course = new[..., None] * concurrent(at, 1, 0, 0.3) + old[..., None] * concurrent(at, 0, 1, 0.3)
    below = course[..., :-1][..., GRID < 1.5]
    proofs = np.logaddexp.reduce(below, axis=-1) - log(below.shape[-1]) - course[..., -1]

    assert (proofs.max(axis=1) >= log(20)).sum() <= stats.binom.ppf(0.999, 1_000, 0.05)
    one = e_process.log_no_harm(course[0, -1, :-1], GRID, float(course[0, -1, -1]), 1.5)
    assert one == pytest.approx(float(proofs[0, -1]))


def test_harmless_is_proved_with_enough_users() -> None:
    """1,000 users hurt, split as planned, refute 1.5 times as many."""
    at = np.append(GRID, 1.5)
    values = concurrent(at, 300, 700, 0.3)

    assert e_process.log_no_harm(values[:-1], GRID, float(values[-1]), 1.5) > log(20)
