"""benchmarks/decisions/generator/risks.py: what noise and incidents the parts of a service share."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from benchmarks.decisions.generator import week
from benchmarks.decisions.generator.episodes import Law
from benchmarks.decisions.generator.grid import Grid
from benchmarks.decisions.generator.laws import log_uniform_mean
from benchmarks.decisions.generator.risks import ERRORS_WITH_HURT, MOST, OWN, SHARED, risks
from benchmarks.decisions.generator.services import Kind, services
from benchmarks.decisions.streams import DAY_MINUTES, Flags, Shares

RELEASES, COUPLING = 300, 0.6
GRID = Grid(60)
GENERATOR = np.random.default_rng(1)
SERVICE = services(GENERATOR, Kind(600, coupling=(COUPLING, COUPLING)), RELEASES)
RISKS = risks(GENERATOR, SERVICE, GRID, None)
BY_WEEK = week.at(SERVICE.rate_week, SERVICE.moment, GRID.middles)
NOISE = np.log(RISKS.calm) / SERVICE.hurt_noise[:, None]
INCIDENT = RISKS.hurt[:, :, 0] / (SERVICE.hurt[:, 0, None] * BY_WEEK * RISKS.calm)
"""[R, N] the factor of incidents, where no risk is at its bound."""


def rank_correlation(values: Shares) -> float:
    """With the slow noise of hurt users, over releases; of ranks, so that incidents do not matter."""
    steps = range(0, values.shape[1], 100)
    found = [spearmanr(NOISE[:, step], values[:, step]).statistic for step in steps]
    return float(np.mean(found))


def test_siblings_share_as_much_slow_noise_as_they_are_coupled() -> None:
    noise = np.log(RISKS.sibling_hurt / (SERVICE.sibling_hurt[:, None] * BY_WEEK)) / SERVICE.sibling_noise[:, None]
    assert rank_correlation(noise) == pytest.approx(COUPLING, abs=0.06)


def test_handled_errors_share_some_slow_noise() -> None:
    noise = np.log(RISKS.errors / SERVICE.errors[:, None]) / SERVICE.errors_noise[:, None]
    assert rank_correlation(noise) == pytest.approx(ERRORS_WITH_HURT, abs=0.06)


OWN_INCIDENT = (INCIDENT > 1.01) & ~RISKS.incident


@pytest.mark.parametrize(("law", "on"), [(OWN, OWN_INCIDENT), (SHARED, RISKS.incident)])
def test_incidents_are_on_for_as_long_as_their_laws_say(law: Law, on: Flags) -> None:
    """A bin in which one begins or ends counts as one in which it is on: nine minutes more, in the mean."""
    assert law.a_day is not None
    lasts = law.minutes * np.exp(law.spread**2 / 2) + 9.0
    expected = log_uniform_mean(law.a_day) * lasts / DAY_MINUTES
    assert np.average(on, axis=1, weights=GRID.lengths).mean() == pytest.approx(expected, rel=0.1)


def test_feedback_and_errors_suffer_in_incidents() -> None:
    for values in (RISKS.errors / SERVICE.errors[:, None], RISKS.negative / SERVICE.negative[:, None]):
        assert values[INCIDENT > 2.0].mean() > 1.2 * values[INCIDENT < 1.01].mean()


def test_no_risk_is_above_its_bound() -> None:
    certain = risks(np.random.default_rng(2), SERVICE, GRID, (-60.0, 0.0))
    assert max(values.max() for values in (certain.hurt, certain.errors, certain.negative)) <= MOST
