"""Each peer of the benchmark against its rule computed in another way, release by release."""

from collections.abc import Callable
from dataclasses import replace
from math import comb, exp, log

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from benchmarks.decisions.judges.anytime_multinomial import AnytimeMultinomial, stages
from benchmarks.decisions.judges.beta_binomial import BetaBinomial, log_odds_of_worse
from benchmarks.decisions.judges.control import Sessions, day_before
from benchmarks.decisions.judges.crash_free_alert import CrashFreeAlert
from benchmarks.decisions.judges.fixed_threshold import FixedThreshold
from benchmarks.decisions.judges.kayenta import JUST_ABOVE, Kayenta, points, shift, z
from benchmarks.decisions.judges.msprt import MixtureSprt
from benchmarks.decisions.judges.seasonal import smooth
from benchmarks.decisions.judges.voting import Voting
from benchmarks.decisions.judges.z_test import RepeatedZTest
from benchmarks.decisions.streams import PAST_BINS, Counts, Episode, Shares
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


def with_counts(crashed: Counts, started: Counts, ended: Counts | None = None) -> Episode:
    """One canary with these minutes, in one segment."""
    episode = draw(replace(WORSE, minutes=len(crashed), segments=1), 1, 1)
    arm = replace(
        episode.stream.new,
        crashed=crashed[None, :],
        started=started[None, :, None],
        ended=(started if ended is None else ended)[None, :],
    )
    return replace(episode, stream=replace(episode.stream, new=arm))


def test_argo_rolls_back_at_the_failure_after_the_last_allowed() -> None:
    """Four failed intervals of five minutes, not in a row, at failureLimit 3; a fifth with no ended session is none."""
    minutes = np.arange(60)
    interval = minutes // 5
    failing = np.isin(interval, (1, 2, 5, 9, 10))
    ended = np.where(interval == 1, 0, 10)
    episode = with_counts(np.where(failing, 1, 0), np.full(60, 10), ended)
    said = FixedThreshold("argo", "", 5, 0.05, 4).watch(episode.past, episode.plan, episode.stream)

    assert said.rolled_back.tolist() == [54]
    assert said.evidence is not None
    assert said.evidence[0, [13, 14, 28, 29, 49, 54]].tolist() == [0, 1, 1, 2, 3, 4]


def test_a_success_rate_that_is_just_allowed_is_a_success() -> None:
    """5 of 100 crashed is 95 %."""
    episode = with_counts(np.full(40, 5), np.full(40, 100))
    assert FixedThreshold("x", "", 1, 0.05, 1).watch(episode.past, episode.plan, episode.stream).rolled_back == 40
    assert FixedThreshold("x", "", 1, 0.049, 1).watch(episode.past, episode.plan, episode.stream).rolled_back == 0


def test_a_limit_of_its_own_follows_the_services_past() -> None:
    """1 % of its sessions crashed: twice that is allowed."""
    for share, expected in ((1.5, 240), (3.0, 0)):
        episode = with_counts(np.full(240, int(10 * share)), np.full(240, 1_000))
        judge = FixedThreshold("own", "", 1, 2.0, 1, times_own=True)
        past = replace(episode.past, crashed=np.round(episode.past.started.sum(axis=2) * 0.01).astype(int))
        assert judge.watch(past, episode.plan, episode.stream).rolled_back.tolist() == [expected]


def test_sentry_waits_for_its_sessions_and_forgets_after_its_window() -> None:
    """With one session a minute it first speaks of the 50th; a crash is out of the window 60 minutes later."""
    crashed = np.zeros(120, int)
    crashed[:3] = 1
    episode = with_counts(crashed, np.ones(120, int))
    said = CrashFreeAlert("sentry", "", 0.055).watch(episode.past, episode.plan, episode.stream)

    assert said.evidence is not None
    assert said.rolled_back.tolist() == [49]
    assert said.evidence[0, 48] == 0
    assert said.evidence[0, [49, 59, 60, 62]] == pytest.approx(np.array([3 / 50, 3 / 60, 2 / 60, 0]) / 0.055)


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


def scipy_z(x: Shares, y: Shares) -> float:
    """From the p-value of scipy's test."""
    told = stats.mannwhitneyu(x, y, use_continuity=True, alternative="two-sided", method="asymptotic")
    direction = np.sign(told.statistic - len(x) * len(y) / 2)
    return float(direction * stats.norm.isf(told.pvalue / 2))


@pytest.mark.parametrize("ties", [False, True])
def test_kayentas_z_is_scipys(ties: bool) -> None:  # noqa: FBT001
    """With and without ties, which lower its variance."""
    chance = np.random.default_rng(6)
    for _ in range(20):
        x, y = chance.exponential(1.3, 31), chance.exponential(1.0, 41)
        if ties:
            x, y = np.round(x, 1), np.round(y, 1)
        assert z(np.sort(x), np.sort(y), 0.0) == pytest.approx(scipy_z(x, y), abs=1e-6)
        assert shift(np.sort(x), np.sort(y)) == pytest.approx(np.median(np.subtract.outer(x, y)), abs=1e-6)


def test_kayenta_is_high_where_its_interval_is_beyond_a_quarter_of_the_estimate() -> None:
    """The interval's lower end by root finding, as in MannWhitney.scala, on samples without ties."""
    chance = np.random.default_rng(7)
    judge, high = Kayenta(), []
    for _ in range(60):
        x, y = chance.normal(1.35, 0.4, 24), chance.normal(1.0, 0.4, 24)
        estimate = float(np.median(np.subtract.outer(x, y)))
        lower = optimize.brentq(
            lambda mu, x=x, y=y: scipy_z(x - mu, y) - stats.norm.isf(0.01), x.min() - y.max(), x.max() - y.min()
        )
        expected = lower > 0.25 * abs(estimate) and x.mean() >= y.mean()
        assert (judge.z_beyond_tolerance(x, y) > stats.norm.isf(0.01)) == expected
        high.append(expected)
    assert 10 < sum(high) < 50


def test_kayenta_passes_what_is_equal_and_what_is_mostly_nothing() -> None:
    """Equal samples and single values pass untested; so does a shift of 0 in samples that are mostly 0."""
    judge, x = Kayenta(), np.array([0.0, 0.1, 0.3])
    assert judge.z_beyond_tolerance(x, x[::-1]) == -np.inf
    assert judge.z_beyond_tolerance(np.ones(5), np.ones(7)) == -np.inf
    few, many = np.repeat([0.0, 0.01], [58, 2]), np.repeat([0.0, 0.05], [36, 24])
    assert z(many, few, 0.0) > stats.norm.isf(0.01)
    assert shift(many, few) == pytest.approx(0, abs=1e-9)
    assert judge.z_beyond_tolerance(many, few) < stats.norm.isf(0.01)
    assert abs(shift(many, few)) < JUST_ABOVE


def test_kayenta_asks_for_a_ratio_of_means_only_where_there_is_one() -> None:
    """A smaller mean passes whatever the ranks say; a baseline without any crash has no ratio."""
    judge = Kayenta()
    x, y = np.linspace(1.0, 2.0, 30), np.append(np.linspace(0.1, 0.6, 30), 500.0)
    assert z(x, y, 0.0) > stats.norm.isf(0.01)
    assert judge.z_beyond_tolerance(x, y) == -np.inf
    assert judge.z_beyond_tolerance(x, np.zeros(30)) > stats.norm.isf(0.01)


def test_kayenta_compares_a_replace_with_the_same_hours_of_the_day_before() -> None:
    """In ten-minute points; each hour it looks at all since the deploy."""
    episode = draw(REPLACED, 8, 2)
    canary, baseline, step = points(episode.past, episode.plan, episode.stream)
    assert (canary.shape, baseline.shape, step) == ((2, 24), (2, 24), 10)
    new, past = episode.stream.new, episode.past
    assert canary[1, 3] == pytest.approx(new.crashed[1, 30:40].sum() / new.started[1, 30:40].sum())
    assert baseline[1, 3] == pytest.approx(past.crashed[1, -144 + 3] / past.started[1, -144 + 3].sum())

    said = Kayenta().watch(past, episode.plan, episode.stream)
    assert said.evidence is not None
    assert (said.evidence[:, :59] == -np.inf).all()
    assert said.evidence[0, 125] == Kayenta().z_beyond_tolerance(canary[0, :12], baseline[0, :12])


def test_the_day_before_is_met_again_in_a_watch_of_more_than_a_day() -> None:
    bins = np.arange(PAST_BINS)[None, :]
    by_minute = day_before(bins, 1_450)[0]
    assert by_minute[[0, 9, 10, 1_439, 1_440, 1_449]].tolist() == [187.2, 187.2, 187.3, 201.5, 187.2, 187.2]


def test_a_season_of_a_day_is_learned() -> None:
    """Counts that double in the second half of each day are no anomaly there, and are in the first half."""
    day = np.repeat([20, 40], 72)
    usual = smooth(np.tile(day, 14)[None, :], np.full((1, PAST_BINS), 1_000))
    exposure = np.full((1, 144), 1_000)

    assert not usual.anomalous(day[None, :], exposure).any()
    anomalous = usual.anomalous(np.full((1, 144), 45), exposure)[0]
    assert anomalous[:72].all()
    assert not anomalous[72:].any()


@pytest.mark.parametrize(("counted", "elsewhere"), [("old", True), ("sibling", True), ("nobody", False)])
def test_votes_are_vetoed_where_the_same_fault_shows_without_a_deploy(counted: str, elsewhere: bool) -> None:  # noqa: FBT001
    """A five-fold crash rate of the new release, and of the old one or of the siblings too."""
    episode = draw(Steady(effect=5.0, share=0.5, sessions=200.0), 9, 3)
    stream = episode.stream
    if counted == "old":
        stream = replace(stream, old=replace(stream.old, hurt=stream.old.hurt * 5))
    if counted == "sibling":
        stream = replace(stream, sibling_hurt=stream.sibling_hurt * 5)
    said = Voting().watch(episode.past, episode.plan, stream)

    assert (said.rolled_back == NEVER).all() == elsewhere
    if not elsewhere:
        assert (said.rolled_back == 29 + 10).all()


WatchesSessions = Callable[[], RepeatedZTest | MixtureSprt | BetaBinomial | AnytimeMultinomial]


@pytest.mark.parametrize("judge", [RepeatedZTest, MixtureSprt, BetaBinomial, AnytimeMultinomial])
def test_fewer_crashes_than_the_controls_are_never_rolled_back(judge: WatchesSessions) -> None:
    """The rules have two sides; a release is rolled back on the worse one only."""
    episode = draw(Steady(share=0.5, hurt=0.02, sessions=400.0, effect=0.2), 10, 4)
    assert (judge().watch(episode.past, episode.plan, episode.stream).rolled_back == NEVER).all()
