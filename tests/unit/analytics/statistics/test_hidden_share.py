"""analytics/statistics/hidden_share.py: a proportion that drifts."""

from itertools import product
from math import comb

import numpy as np
import pytest

from analytics.statistics import hidden_share, onset
from analytics.statistics.feedback import EFFECTS, Habit
from analytics.statistics.hidden_share import State, Watch

ITEMS, MINUTES = 3, 3
WEIGHTS = np.log(np.full(len(EFFECTS), 1.0 / len(EFFECTS)))
JUDGED, LEFT_OUT = np.array([True, False])


def watch(share: float, items: float) -> Watch:
    return hidden_share.watch(Habit(np.array(share), np.array(items)), onset.usual(MINUTES))


def after(of: Watch, negatives: tuple[int, ...], judged: np.ndarray = JUDGED) -> State:
    state = hidden_share.begin(of)
    nothing = (np.array(0.0), np.array(0.0))
    for negative in negatives:
        state = hidden_share.step(of, state, (np.array(float(ITEMS)), np.array(float(negative))), nothing, judged)
    return state


def likelihood(of: Watch, negatives: tuple[int, ...]) -> float:
    """At no effect, by brute force over the hidden levels."""
    belief = hidden_share.begin(of).belief[0]
    total = 1.0
    for negative in negatives:
        told = np.exp(negative * of.log_hit[0] + (ITEMS - negative) * of.log_miss[0]) * comb(ITEMS, negative)
        weighed = (belief @ of.drift) * told
        total *= weighed.sum()
        belief = weighed / weighed.sum()
    return float(total)


@pytest.mark.parametrize(("share", "items"), [(0.2, 50.0), (0.5, 3000.0), (0.05, 0.0)])
def test_the_bets_are_a_martingale_under_health(share: float, items: float) -> None:
    """Exactly: over all outcomes of three minutes, stakes and winnings are worth 1 on average."""
    of = watch(share, items)
    mean = mean_margin = 0.0
    for negatives in product(range(ITEMS + 1), repeat=MINUTES):
        state = after(of, negatives)
        unspent = np.exp(of.stakes.unspent(MINUTES - 1))
        chance = likelihood(of, negatives)
        mean += chance * float(np.exp(WEIGHTS + state.running).sum() + unspent)
        mean_margin += chance * float(np.exp(state.at_margin))
    assert mean == pytest.approx(1.0)
    assert mean_margin == pytest.approx(1.0)


def test_the_old_arm_tells_where_the_share_is() -> None:
    """As negative on both arms is a mood; on the new one alone it is harm."""
    of, many = watch(0.2, 100.0), (np.array(100.0), np.array(32.0))
    usual, nothing = (np.array(100.0), np.array(20.0)), (np.array(0.0), np.array(0.0))
    both, alone, unknown = (
        hidden_share.step(of, hidden_share.begin(of), many, old, JUDGED) for old in (many, usual, nothing)
    )
    assert both.running.max() < unknown.running.max() < alone.running.max()


def test_a_minute_that_is_not_judged_wins_nothing() -> None:
    """The share is followed all the same."""
    of = watch(0.2, 50.0)
    state = after(of, (3, 3), LEFT_OUT)
    assert state.running == pytest.approx(np.log(np.exp(of.stakes.log_stakes[:2]).sum()))
    assert state.at_margin == 0.0
    assert state.belief[0] @ np.arange(13) > hidden_share.begin(of).belief[0] @ np.arange(13) + 0.1
