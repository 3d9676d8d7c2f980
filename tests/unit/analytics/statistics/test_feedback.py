"""analytics/statistics/feedback.py: how negative feedback usually is, and the test against a share that is known."""

from math import log

import numpy as np
import pytest
from scipy import stats

from analytics.statistics import e_process, feedback, onset
from analytics.statistics.feedback import EFFECTS, LOG_EFFECT_WEIGHTS, MARGIN, Habit
from analytics.statistics.likelihood import Vector, proportion

SPANS = 56
"""Of six hours in 14 days."""


def scattered(strength: float | None, items: int, services: int, seed: int) -> Habit:
    """Of services whose share scatters around .3 by Beta(.3 s, .7 s) from one six hours to the next."""
    chance = np.random.default_rng(seed)
    shares = (
        np.full((services, SPANS), 0.3)
        if strength is None
        else chance.beta(0.3 * strength, 0.7 * strength, (services, SPANS))
    )
    each = np.repeat(shares, 36, axis=-1)
    n = np.full(each.shape, items / 36)
    whole = chance.poisson(n)
    return feedback.learn(whole.astype(float), chance.binomial(whole, each).astype(float))


def test_history_counts_as_many_items_as_its_scatter_allows() -> None:
    """A share that scatters as Beta(.3 K, .7 K) is known as from K + 1 items: q(1 - q)/v."""
    found = scattered(200.0, 400, 60, seed=1)

    assert np.median(found.items) == pytest.approx(201.0, rel=0.15)
    assert np.mean(found.share) == pytest.approx(0.3, abs=0.01)


def test_history_counts_as_at_most_three_thousand_and_what_it_held() -> None:
    """Without scatter beyond chance; with more than any; with five items in all."""
    assert np.median(scattered(None, 400, 40, seed=2).items) > 1_000.0
    assert scattered(None, 400, 40, seed=2).items.max() <= 3_000.0
    assert scattered(0.2, 400, 40, seed=3).items.min() == 30.0
    few = feedback.learn(np.eye(1, 2_016)[0] * 5.0, np.eye(1, 2_016)[0] * 2.0)
    assert few.items == 5.0


@pytest.mark.parametrize("bins", [0, 1, 145])
def test_without_history_nothing_is_known_of_the_share(bins: int) -> None:
    """It counts as no item, and is a number between 0 and 1."""
    found = feedback.learn(np.zeros(bins), np.zeros(bins))

    assert found.items == 0.0
    assert 0.0 < found.share < 1.0


def worst(share: float, courses: int, seed: int) -> Vector:
    """The highest ``log E`` over 200 minutes of 2 items, of which .2 are due to be bad."""
    chance = np.random.default_rng(seed)
    stakes, highest = onset.usual(200), np.full(courses, -np.inf)
    running, at_margin = np.full((courses, len(EFFECTS)), -np.inf), np.zeros(courses)
    for minute in range(200):
        bad = chance.binomial(2, share, courses)[:, None]
        running = onset.step(running, proportion(EFFECTS, bad, 2, 0.2), stakes.stake(minute))
        at_margin = at_margin + proportion(np.array([1 + MARGIN]), bad, 2, 0.2)[:, 0]
        evidence = e_process.log_evidence(running, at_margin, stakes.unspent(minute), LOG_EFFECT_WEIGHTS)
        highest = np.maximum(highest, evidence)
    return highest


def test_feedback_as_negative_as_due_is_rarely_evidence() -> None:
    """2,000 courses, looked at in each minute; and so it is for feedback at the margin, within its bound."""
    need = e_process.threshold(0.05)

    assert (worst(0.2, 2_000, seed=4) >= need).sum() <= stats.binom.ppf(0.999, 2_000, 0.05)
    assert (worst(0.25, 2_000, seed=5) >= need).mean() <= 0.05 * 0.85 / 0.15


def test_feedback_twice_as_negative_is_found() -> None:
    """In all of 200 courses of 400 items."""
    assert (worst(0.4, 200, seed=6) >= e_process.threshold(0.01)).all()


def test_stakes_on_effects_sum_to_one() -> None:
    """Evenly."""
    assert np.logaddexp.reduce(LOG_EFFECT_WEIGHTS) == pytest.approx(0.0)
    assert LOG_EFFECT_WEIGHTS[0] == pytest.approx(log(1 / 4))
