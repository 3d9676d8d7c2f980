"""Kayenta's rule against scipy's test, and against its interval by root finding."""

import numpy as np
import pytest
from scipy import optimize, stats

from benchmarks.decisions.judges.kayenta import JUST_ABOVE, Kayenta, points, shift, z
from benchmarks.decisions.streams import Shares
from tests.fakes.streams import Steady, draw


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
    episode = draw(Steady(kind="replace", effect=1.5), 8, 2)
    canary, baseline, step = points(episode.past, episode.plan, episode.stream)
    assert (canary.shape, baseline.shape, step) == ((2, 24), (2, 24), 10)
    new, past = episode.stream.new, episode.past
    assert canary[1, 3] == pytest.approx(new.crashed[1, 30:40].sum() / new.started[1, 30:40].sum())
    assert baseline[1, 3] == pytest.approx(past.crashed[1, -144 + 3] / past.started[1, -144 + 3].sum())

    said = Kayenta().watch(past, episode.plan, episode.stream)
    assert said.evidence is not None
    assert (said.evidence[:, :59] == -np.inf).all()
    assert said.evidence[0, 125] == Kayenta().z_beyond_tolerance(canary[0, :12], baseline[0, :12])
