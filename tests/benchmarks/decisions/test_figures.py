"""What the benchmark says of a judge, on verdicts made by hand."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from scipy import stats

from benchmarks.decisions.figures import Part, curve, false_rollbacks, figures, within, worst_cell
from benchmarks.decisions.outcomes import LEVELS, Outcomes

NEVER = 100


def outcomes(
    rolled_back: Sequence[int], *, onset: int = NEVER, cell: str = "cell", seed: int = 1, levels: bool = False
) -> Outcomes:
    """Bad if there is an onset; one user is hurt a minute from then on. Levels are reached a minute after another."""
    bad = onset < NEVER
    hurt = [float(max(0, min(minute + 1, NEVER) - onset)) for minute in rolled_back]
    crossings = tuple(tuple(min(minute + place, NEVER) for minute in rolled_back) for place in range(len(LEVELS)))
    return Outcomes(
        cell=cell,
        judge="judge",
        seed=seed,
        minutes=NEVER,
        bad=(bad,) * len(hurt),
        onset=(onset,) * len(hurt),
        rolled_back=tuple(rolled_back),
        hurt=tuple(hurt),
        hurt_in_all=(float(NEVER - onset),) * len(hurt),
        in_incident=(False,) * len(hurt),
        blamed=(False,) * len(hurt),
        crossings=crossings if levels else None,
    )


def oracles(*all_of_them: Outcomes) -> dict[tuple[str, int], Outcomes]:
    return {(one.cell, one.seed): one for one in all_of_them}


def test_delay_and_hurt_are_multiples_of_the_oracles_on_the_same_release() -> None:
    """Found after 2, 8 and 10 minutes where the oracle took 2, 4 and 2: the median release is found twice as late."""
    told = figures([outcomes([11, 17, 19], onset=10)], oracles(outcomes([11, 13, 11], onset=10)))

    assert (told.minutes, told.delay, told.hurt) == (8.0, 2.0, 2.0)
    assert told.found == Part(3, 3)
    assert told.false == Part(0, 0)


def test_a_miss_counts_with_the_whole_watch() -> None:
    """90 minutes and users, against the oracle's 10."""
    told = figures([outcomes([NEVER], onset=10)], oracles(outcomes([19], onset=10)))

    assert (told.minutes, told.delay, told.hurt) == (90.0, 9.0, 9.0)
    assert told.found == Part(0, 1)


def test_what_the_oracle_misses_only_enters_the_share_that_is_found() -> None:
    told = figures([outcomes([30, 11, NEVER], onset=10)], oracles(outcomes([NEVER, 10, NEVER], onset=10)))

    assert told.found == Part(2, 3)
    assert (told.minutes, told.delay) == (2.0, 2.0)


def test_a_bad_release_that_was_rolled_back_before_it_hurt_is_not_found() -> None:
    """It was not the fault that was seen; it counts as missed, and not as a false rollback of a healthy release."""
    told = figures([outcomes([5], onset=10)], oracles(outcomes([19], onset=10)))

    assert told.found == Part(0, 1)
    assert (told.delay, told.hurt) == (9.0, 9.0)
    assert told.false == Part(0, 0)


def test_where_the_oracle_finds_nobody_there_is_no_delay() -> None:
    told = figures([outcomes([30, NEVER], onset=10)], oracles(outcomes([NEVER, NEVER], onset=10)))

    assert told.found == Part(1, 2)
    assert (told.minutes, told.delay, told.hurt) == (None, None, None)


def test_all_found_at_once_is_as_quick_as_the_oracle() -> None:
    told = figures([outcomes([10, 10], onset=10)], oracles(outcomes([10, 10], onset=10)))
    assert (told.minutes, told.delay, told.hurt) == (1.0, 1.0, 1.0)


def test_a_fault_that_hurts_nobody_until_the_oracles_verdict_has_a_delay_and_no_ratio_of_users() -> None:
    oracle = outcomes([11], onset=10)
    told = figures([outcomes([13], onset=10)], oracles(replace(oracle, hurt=(0.0,))))
    assert (told.delay, told.hurt) == (2.0, None)


def test_every_rollback_of_a_healthy_release_is_false() -> None:
    """However late; over cells and seeds. No oracle is asked about them."""
    watched = [outcomes([0, NEVER, 99]), outcomes([NEVER, NEVER], seed=2), outcomes([NEVER], onset=0, cell="bad")]

    assert false_rollbacks(watched) == Part(2, 5)
    assert figures(watched[:2], {}).false == Part(2, 5)
    assert figures(watched[:2], {}).delay is None
    assert math.isnan(figures(watched[:2], {}).found.share)


def test_the_worst_cell_is_worst_over_its_seeds() -> None:
    watched = [
        outcomes([1, NEVER, NEVER, NEVER], cell="a"),
        outcomes([NEVER] * 4, cell="a", seed=2),
        outcomes([1, NEVER, NEVER, NEVER], cell="b"),
        outcomes([1], onset=0, cell="bad"),
    ]
    assert worst_cell(watched) == ("b", Part(1, 4))
    assert worst_cell(watched[3:]) is None


def test_bounds_are_those_of_clopper_and_pearson() -> None:
    """Beta quantiles; all of the range where nothing is known."""
    assert Part(0, 0).bounds == (0.0, 1.0)
    assert Part(0, 100).bounds == pytest.approx((0, 1 - 0.025 ** (1 / 100)))
    assert Part(100, 100).bounds == pytest.approx((0.025 ** (1 / 100), 1))
    expected = stats.beta.ppf(0.025, 6, 1_895), stats.beta.ppf(0.975, 7, 1_894)
    assert Part(6, 1_900).bounds == pytest.approx(expected)


@given(st.integers(1, 400), st.floats(0, 1))
def test_bounds_hold_the_share(of: int, part: float) -> None:
    count = round(part * of)
    low, high = Part(count, of).bounds
    assert 0 <= low <= count / of <= high <= 1


def test_a_higher_threshold_is_later_and_less_often_false() -> None:
    """Healthy releases reach the first level in minutes 52 and 90, and each further one a minute later."""
    watched = [outcomes([52, 90], levels=True), outcomes([11], onset=10, cell="bad", levels=True)]
    points = curve(watched, oracles(outcomes([11], onset=10, cell="bad")))

    assert [point.level for point in points] == list(LEVELS)
    assert [points[place].false for place in (0, 9, 10, 47)] == [Part(2, 2), Part(2, 2), Part(1, 2), Part(1, 2)]
    assert [points[place].delay for place in (0, 2, 10)] == [1.0, 2.0, 6.0]
    assert within(points, 0.5) == points[10]
    assert within(points, 0.1) is None


def test_a_judge_without_evidence_has_no_curve_and_one_without_healthy_cells_no_budget() -> None:
    bad = outcomes([11], onset=10, levels=True)
    assert curve([outcomes([1])], {}) == []
    assert within(curve([bad], oracles(bad)), 1.0) is None
