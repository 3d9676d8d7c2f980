"""analytics/trial/beside.py and exposure.py: counts of both arms at the same time."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from analytics.trial import beside, exposure
from analytics.trial.minutes import Arm, Minute

NOTHING = np.array(0.0)
THETAS = np.array([0.5, 1.05, 2.0, 10.0])
UNITS, SHARES = (3, 2), (0.2, 0.7)
"""Of two segments: users hurt on both arms together, and the new arm's share of the exposure."""


def ratios(new: tuple[int, ...]) -> np.ndarray:
    counts = np.array(new, dtype=float)
    return beside.ratios(THETAS, counts, np.array(UNITS) - counts, np.array(SHARES))


def test_every_stream_is_a_martingale_under_health() -> None:
    """Exactly, over all ways in which the units of two segments may fall on the arms: 1 on average, for each bet."""
    mean = np.zeros((3, len(THETAS)))
    for new in product(*(range(units + 1) for units in UNITS)):
        chance = np.prod(stats.binom.pmf(new, UNITS, SHARES))
        mean += chance * np.exp(ratios(new))
    assert mean == pytest.approx(np.ones((3, len(THETAS))))


def test_all_traffic_is_the_segments_together() -> None:
    """Each with its own share, so that another mix of users is no harm."""
    found = ratios((2, 1))
    assert found[0] == pytest.approx(found[1] + found[2])


def test_a_single_segment_is_all_traffic() -> None:
    """There is no second stream of the same counts."""
    one = beside.ratios(THETAS, np.array([2.0]), np.array([1.0]), np.array([0.2]))
    assert one.shape == (1, len(THETAS))


def minute(share: float, new: list[float], old: list[float]) -> Minute:
    first, second = (
        Arm(np.array(started), np.zeros(len(started)), NOTHING, NOTHING, NOTHING) for started in (new, old)
    )
    return Minute(np.array(share), first, second, np.zeros(1), NOTHING, NOTHING)


def test_lost_sessions_do_not_lower_a_canarys_share() -> None:
    """The planned one is the least; where more came than planned, that counts."""
    lost, many = minute(0.2, [0.0], [1_000.0]), minute(0.2, [500.0], [500.0])
    of = [exposure.of_canary(exposure.tell(exposure.nothing_told((1,)), one), one)[0] for one in (lost, many)]
    assert of[0] == 0.2
    assert of[1] == pytest.approx((500 + 40) / 1_200)


def test_a_ramps_share_is_that_of_the_minute() -> None:
    """Of each segment by itself; with few sessions near to the plan."""
    assert exposure.of_ramp(minute(0.1, [90.0, 0.0], [10.0, 0.0])) == pytest.approx([90.2 / 102, 0.1])
