"""analytics/statistics/comparison.py: an issue's rate in a release against the baseline's."""

from math import comb, exp, log

import numpy as np
import pytest

from analytics.statistics.comparison import FALSE_SHARE, Arm, Arms, compare, log_evidence, worse

MARGIN = 0.05


def arms(new: int, old: int, exposed: int = 10_000, exposed_old: int = 10_000) -> Arms:
    return Arms(Arm("shop@2", new, exposed), Arm("shop@1", old, exposed_old), 1024)


def test_a_rate_that_quadrupled_is_found_with_its_interval() -> None:
    """The ratio is of rates, not of counts: the release with a tenth of the sessions hurt fewer users in all."""
    found = compare(arms(40, 100, 1_000, 10_000), MARGIN)
    assert found.ratio == pytest.approx(4, rel=0.1)
    assert found.low < 4 < found.high
    assert found.low > 1.5
    assert found.log_evidence > log(1 / FALSE_SHARE)


@pytest.mark.parametrize(("new", "old"), [(0, 0), (1, 0), (3, 1), (100, 100), (10, 100), (105, 100)])
def test_few_users_and_equal_rates_prove_nothing(new: int, old: int) -> None:
    """One user more is no ground to call it worse, nor are as many as before."""
    assert worse({"i": arms(new, old)}, MARGIN) == {}


def test_a_large_margin_allows_more() -> None:
    """What a policy allows is not worse."""
    told = {"i": arms(170, 100)}
    assert "i" in worse(told, MARGIN)
    assert worse(told, 1.0) == {}


def test_the_more_issues_the_more_evidence_each_needs() -> None:
    """But several that are worse need less than one alone among as many."""
    edge = arms(32, 10)
    crowd = {f"s{number}": arms(10, 10) for number in range(99)}
    assert "i" in worse({"i": edge}, MARGIN)
    assert worse({"i": edge} | crowd, MARGIN) == {}
    several = {f"w{number}": edge for number in range(100)}
    assert len(worse(several, MARGIN)) == 100


def test_of_those_called_worse_few_are_not() -> None:
    """Over 400 releases of 50 healthy issues, looked at 12 times as they grow: at most one in ten calls any worse.

    The rates are the same in both, so that whatever is called worse is wrongly called so.
    """
    chance = np.random.default_rng(1)
    wrong = 0
    for _ in range(400):
        new, old = np.zeros(50, int), np.zeros(50, int)
        for look in range(1, 13):
            new, old = new + chance.poisson(2, 50), old + chance.poisson(2, 50)
            told = {str(issue): arms(int(new[issue]), int(old[issue]), look * 500, look * 500) for issue in range(50)}
            evidence = log_evidence(list(told.values()), MARGIN)
            if evidence.max() >= log(50 / (50 * FALSE_SHARE)) and worse(told, MARGIN):
                wrong += 1
                break
    assert wrong / 400 <= FALSE_SHARE


def test_at_equal_rates_it_is_an_e_value() -> None:
    """On average at most 1, at shares of any size: the sum over all outcomes of a total of 30 users."""
    for exposed in (1_000, 5_000, 20_000):
        share = exposed / (exposed + 10_000)
        total = 0.0
        for new in range(31):
            probability = comb(30, new) * share**new * (1 - share) ** (30 - new)
            total += probability * exp(float(log_evidence([arms(new, 30 - new, exposed)], MARGIN)[0]))
        assert total <= 1.0 + 1e-9
