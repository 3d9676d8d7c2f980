"""analytics/trial/issues.py: new issues against those of healthy releases."""

import numpy as np
import pytest
from scipy import integrate, stats

from analytics.statistics import e_process, onset
from analytics.statistics.e_process import ISSUE_HEALTHY_MEAN, ISSUE_RATE
from analytics.trial import issues
from analytics.trial.bets import Bets
from analytics.trial.issues import MULTIPLES

MINUTES = 60
EQUAL = np.log(np.full((1, len(MULTIPLES)), 1.0 / len(MULTIPLES)))


def bets() -> Bets:
    return Bets(np.zeros(1), EQUAL, onset.schedule(onset.stakes(MINUTES)[np.newaxis]))


def evidence(users: list[int], sessions: float) -> float:
    """``ln E`` of one issue after so many users in each minute, its rank's stake left out."""
    seen = issues.none_yet((1,))
    for minute, count in enumerate(users):
        seen = issues.step(bets(), seen, np.array([float(count)]), np.array(sessions), minute)
    worth = issues.worth(bets(), seen, len(users) - 1)
    return float(worth[0] - np.log(6 / np.pi**2))


def test_the_marginal_is_that_of_the_healthy_law() -> None:
    """By numerical integration over the exponential law of the rate."""
    for users, sessions in ((0, 100.0), (3, 5_000.0), (20, 10_000.0)):
        likelihood, _ = integrate.quad(
            lambda rate, users=users, sessions=sessions: (
                stats.poisson.pmf(users, rate * sessions) * stats.expon.pdf(rate, scale=ISSUE_HEALTHY_MEAN)
            ),
            0,
            0.05,
            points=[1e-4, 1e-3, 5e-3],
            limit=200,
        )
        relative = np.log(likelihood) - stats.poisson.logpmf(users, ISSUE_RATE * sessions)
        assert e_process.log_issue_marginal(np.array(float(users)), np.array(sessions)) == pytest.approx(
            relative, abs=1e-4
        )


@pytest.mark.parametrize("rate", [0.0, 0.3, 1.0])
def test_a_healthy_issue_gains_no_evidence_on_average(rate: float) -> None:
    """Exactly, over all outcomes of two minutes. For a fixed rate up to ``nu0`` the promise is at most 1/.1."""
    sessions, most = 3_000.0, 40
    chance = stats.poisson.pmf(np.arange(most), rate * ISSUE_RATE * sessions)
    mean = sum(
        chance[first] * chance[second] * np.exp(evidence([first, second], sessions))
        for first in range(most)
        for second in range(most)
        if chance[first] * chance[second] > 1e-12
    )
    assert mean <= 1.0 / 0.1
    assert mean > 0.0


def test_an_issue_that_hurts_is_found_and_one_that_begins_later_too() -> None:
    """At four times ``nu0``, from the first minute and after an hour of nothing."""
    hit = [2] * 30
    assert evidence(hit, 1_000.0) > np.log(100)
    assert evidence([0] * 30 + hit, 1_000.0) > np.log(100)
    assert evidence([0] * 60, 1_000.0) < 0.1


def test_nothing_seen_is_no_evidence() -> None:
    """Neither users nor sessions: everything still stands at 1."""
    assert evidence([0] * 5, 0.0) == pytest.approx(0.0)
