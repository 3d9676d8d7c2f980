"""analytics/statistics/intervals.py, against scipy's own."""

import pytest
from scipy.stats import binomtest

from analytics.statistics.intervals import clopper_pearson, wilson


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (0, 50), (3, 50), (50, 50), (999, 100_000)])
def test_wilson_is_scipys(successes: int, trials: int) -> None:
    """The 95 % interval of Wilson, both ends."""
    expected = binomtest(successes, trials).proportion_ci(method="wilson")

    assert wilson(successes, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_without_trials_everything_is_possible() -> None:
    """No data is no interval of zero width."""
    assert wilson(0, 0) == (0.0, 1.0)


def test_ends_lie_between_none_and_all() -> None:
    """Rounding pushes no end out of 0..1, and the ends of nothing and all are exact."""
    assert wilson(0, 7)[0] == 0.0
    assert wilson(7, 7)[1] == 1.0
    assert 0.0 <= wilson(10**12 - 1, 10**12)[0] <= wilson(10**12 - 1, 10**12)[1] <= 1.0


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (0, 50), (3, 50), (50, 50), (999, 100_000)])
def test_clopper_pearson_is_scipys(successes: int, trials: int) -> None:
    """The exact 95 % interval, both ends."""
    expected = binomtest(successes, trials).proportion_ci(method="exact")

    assert clopper_pearson(successes, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_without_trials_nothing_is_promised() -> None:
    """Not even by the exact interval."""
    assert clopper_pearson(0, 0) == (0.0, 1.0)
