"""The tests of crashed sessions against a control, by other formulas, release by release."""

from collections.abc import Callable
from dataclasses import replace
from math import comb, exp, log

import numpy as np
import pytest
from scipy import integrate, stats

from benchmarks.decisions.judges.anytime_multinomial import AnytimeMultinomial, stages
from benchmarks.decisions.judges.beta_binomial import BetaBinomial, log_odds_of_worse
from benchmarks.decisions.judges.control import Sessions, day_before
from benchmarks.decisions.judges.msprt import MixtureSprt
from benchmarks.decisions.judges.z_test import RepeatedZTest
from benchmarks.decisions.streams import PAST_BINS, Episode
from tests.fakes.streams import Steady, draw

WORSE = Steady(effect=1.5, loops=0.3)
REPLACED = Steady(kind="replace", effect=1.5, loops=0.3)
RAMP = Steady(kind="ramp", effect=1.5)
NEVER = WORSE.minutes


def totals(episode: Episode, release: int, minute: int) -> tuple[int, int, float, float]:
    """Crashed and started sessions up to and with a minute, of the new release and of its control."""
    new, old, past = episode.stream.new, episode.stream.old, episode.past
    until = minute + 1
    crashed, started = int(new.crashed[release, :until].sum()), int(new.started[release, :until].sum())
    if episode.plan.kind != "replace":
        return crashed, started, float(old.crashed[release, :until].sum()), float(old.started[release, :until].sum())
    control = [0.0, 0.0]
    for index, bins in enumerate((past.crashed[release], past.started[release].sum(axis=1))):
        for now in range(until):
            control[index] += bins[PAST_BINS - 144 + now // 10] / 10
    return crashed, started, control[0], control[1]


@pytest.mark.parametrize("steady", [WORSE, REPLACED], ids=["canary", "replace"])
def test_z_is_that_of_the_pooled_test(steady: Steady) -> None:
    """z^2 is Pearson's chi-squared of the table; it rolls back where its p falls below .01, first."""
    episode = draw(steady, 1, 3)
    said = RepeatedZTest().watch(episode.past, episode.plan, episode.stream)
    assert said.evidence is not None
    for release in range(3):
        for minute in (20, 100, 239):
            crashed, started, control_crashed, control_started = totals(episode, release, minute)
            table = np.array([[crashed, started - crashed], [control_crashed, control_started - control_crashed]])
            pearson = stats.chi2_contingency(table, correction=False)
            assert said.evidence[release, minute] ** 2 == pytest.approx(pearson.statistic)
        first = int(np.flatnonzero(np.append(said.evidence[release] > stats.norm.isf(0.005), True))[0])
        assert said.rolled_back[release] == first


@pytest.mark.parametrize("steady", [WORSE, REPLACED], ids=["canary", "replace"])
def test_msprt_is_the_mixture_over_normal_effects(steady: Steady) -> None:
    """The integral of the normal likelihood ratio over N(0, tau^2)."""
    episode = draw(replace(steady, effect=3.0), 2, 3)
    said = MixtureSprt().watch(episode.past, episode.plan, episode.stream)
    assert said.evidence is not None
    for release in range(3):
        tau = episode.past.crashed[release].sum() / episode.past.started[release].sum()
        crashed, started, control_crashed, control_started = totals(episode, release, 239)
        new, old = crashed / started, control_crashed / control_started
        error = np.sqrt(new * (1 - new) / started + old * (1 - old) / control_started)

        def ratio(effect: float, seen: float = new - old, error: float = error, tau: float = tau) -> float:
            likelihoods = stats.norm.pdf(seen, effect, error) / stats.norm.pdf(seen, 0, error)
            return float(likelihoods * stats.norm.pdf(effect, 0, tau))

        mixture, _ = integrate.quad(ratio, -8 * tau, 8 * tau, points=[0, new - old], limit=200)
        assert said.evidence[release, 239] == pytest.approx(log(mixture), abs=1e-6)


def test_the_multinomial_test_is_the_dirichlet_mixture() -> None:
    """The integral of the binomial likelihood ratio over Beta(20, 80) at a share of .2."""
    judge = AnytimeMultinomial()
    for new, old in ((0, 0), (3, 1), (10, 40), (30, 20)):
        mixture, _ = integrate.quad(
            lambda p, new=new, old=old: (p / 0.2) ** new * ((1 - p) / 0.8) ** old * stats.beta.pdf(p, 20, 80), 0, 1
        )
        value = judge.log_e(np.array(float(new)), np.array(float(old)), 0.2)
        assert float(value) == pytest.approx(log(mixture), abs=1e-9)


def test_the_multinomial_tests_of_a_ramps_steps_are_an_e_value() -> None:
    """Over all courses of three crashes in each of two steps the mean of E is 1."""
    judge, mean = AnytimeMultinomial(), 0.0
    for first in range(4):
        for second in range(4):
            chance = comb(3, first) * 0.25**first * 0.75 ** (3 - first) * comb(3, second) * 0.5**3
            crashed = np.array([[float(first), 0, float(second)]])
            left = np.array([[3.0 - first, 0, 3.0 - second]])
            value = judge.log_e(crashed[:, 0], left[:, 0], 0.25) + judge.log_e(crashed[:, 2], left[:, 2], 0.5)
            mean += chance * exp(float(value[0]))
    assert mean == pytest.approx(1)
    assert stages(np.array([0.25, 0.25, 0.5, 1.0])) == [(0, 2), (2, 3), (3, 4)]


def test_the_multinomial_judge_multiplies_the_steps_of_a_ramp() -> None:
    """And counts nothing once the new release has everything."""
    episode = draw(RAMP, 3, 4)
    judge = AnytimeMultinomial()
    said = judge.watch(episode.past, episode.plan, episode.stream)
    assert said.evidence is not None
    new, old = episode.stream.new.crashed.astype(float), episode.stream.old.crashed.astype(float)
    expected = np.zeros(4)
    for first, last in ((0, 60), (60, 120), (120, 180)):
        theta = float(episode.plan.share[first])
        expected += judge.log_e(new[:, first:last].sum(axis=1), old[:, first:last].sum(axis=1), theta)
    worse = np.isfinite(said.evidence[:, -1])
    assert worse.any()
    assert said.evidence[worse, -1] == pytest.approx(expected[worse])


def test_the_posterior_is_that_of_two_betas() -> None:
    """By integration, to the third decimal of a probability near 99 %, also of few crashes."""
    for crashed, started, control_crashed, control_started in (
        (0, 10, 0, 10),
        (3, 40, 1, 160),
        (20, 500, 40, 2_000),
        (60, 2_000, 160, 8_000),
        (5, 200, 20, 800),
    ):
        new = stats.beta(1 + crashed, 1 + started - crashed)
        old = stats.beta(1 + control_crashed, 1 + control_started - control_crashed)
        worse, _ = integrate.quad(lambda p, new=new, old=old: new.pdf(p) * old.cdf(p), 0, 1, points=[new.mean()])
        counts = (np.array([float(n)]) for n in (crashed, started, control_crashed, control_started))
        odds = float(log_odds_of_worse(Sessions(*counts))[0])
        assert 1 / (1 + exp(-odds)) == pytest.approx(worse, abs=0.006 if started == 10 else 0.002)


def test_the_posterior_rolls_back_at_99_percent() -> None:
    episode = draw(WORSE, 4, 4)
    said = BetaBinomial().watch(episode.past, episode.plan, episode.stream)
    assert said.evidence is not None
    reached = 1 / (1 + np.exp(-said.evidence)) >= 0.99
    assert (said.rolled_back < NEVER).any()
    assert said.rolled_back.tolist() == [int(np.flatnonzero(np.append(one, True))[0]) for one in reached]


def test_the_day_before_is_met_again_in_a_watch_of_more_than_a_day() -> None:
    bins = np.arange(PAST_BINS)[None, :]
    by_minute = day_before(bins, 1_450)[0]
    assert by_minute[[0, 9, 10, 1_439, 1_440, 1_449]].tolist() == [187.2, 187.2, 187.3, 201.5, 187.2, 187.2]


WatchesSessions = Callable[[], RepeatedZTest | MixtureSprt | BetaBinomial | AnytimeMultinomial]


@pytest.mark.parametrize("judge", [RepeatedZTest, MixtureSprt, BetaBinomial, AnytimeMultinomial])
def test_fewer_crashes_than_the_controls_are_never_rolled_back(judge: WatchesSessions) -> None:
    """The rules have two sides; a release is rolled back on the worse one only."""
    episode = draw(Steady(share=0.5, hurt=0.02, sessions=400.0, effect=0.2), 10, 4)
    assert (judge().watch(episode.past, episode.plan, episode.stream).rolled_back == NEVER).all()
