"""analytics/learning/backtest_summary.py: two policies over the same past, in numbers."""

from dataclasses import replace

import pytest
from scipy.stats import binomtest

from analytics.learning.backtest import Change, Replayed
from analytics.learning.backtest_summary import Compared, summary
from models.domain.verdict import Verdict

ROLLBACK = Replayed("shop@1", (Change(10, Verdict.INSUFFICIENT_DATA, None), Change(20, Verdict.ROLLBACK, "rollback")))
LATER = Replayed("new@0", (Change(10, Verdict.INSUFFICIENT_DATA, None), Change(25, Verdict.ROLLBACK, "rollback")))
HELD = Replayed("new@0", (Change(10, Verdict.HOLD, "hold"),))
LIMITED = Replayed("new@0", (Change(10, Verdict.HOLD, "rollback_recommended"),))
QUIET = Replayed("new@0", (Change(10, Verdict.CONTINUE, None),))


def compared(in_force: Replayed, given: Replayed, *, bad: bool | None = None) -> Compared:
    return Compared(
        deploy="d1",
        release="shop@1.5.0",
        first_minute=10,
        minutes=90,
        bad=bad,
        cut=False,
        ended=True,
        as_recorded=True,
        policies=("shop@1",),
        in_force=in_force,
        given=given,
    )


def test_rates_are_of_what_people_confirmed() -> None:
    """With the exact interval: of the bad ones those rolled back, and of the healthy ones those."""
    found = summary(
        [
            *[compared(ROLLBACK, ROLLBACK, bad=True)] * 3,
            compared(ROLLBACK, QUIET, bad=True),
            *[compared(QUIET, QUIET, bad=False)] * 6,
            compared(QUIET, LIMITED, bad=False),
            compared(ROLLBACK, HELD),
        ],
        counts_alike=True,
    )
    assert (found.deploys, found.minutes) == (12, 12 * 90)
    assert (found.in_force.of_bad.count, found.in_force.of_bad.n) == (4, 4)
    exact = binomtest(3, 4).proportion_ci(method="exact")
    given = found.given.of_bad
    assert (given.value, given.low, given.high) == pytest.approx((0.75, exact.low, exact.high))
    assert (found.in_force.of_healthy.count, found.given.of_healthy.count) == (0, 1)
    assert found.given.of_healthy.n == 7
    assert (found.in_force.rolled_back, found.given.rolled_back) == (5, 3)
    assert (found.given.recommended, found.given.held) == (1, 2)


def test_without_labels_there_is_no_rate() -> None:
    """And that is said, with what would be needed."""
    found = summary([compared(ROLLBACK, QUIET)], counts_alike=True)
    assert found.given.of_bad.value is None
    (said,) = found.not_known
    assert said == (
        "What was true of 1 deploy that nobody labelled: 0 would be rolled back (in force: 1)."
        " `seatrial decision label` says whether that is right."
    )


def test_only_what_differs_is_listed() -> None:
    """In its verdicts, its minutes, or in what it calls for."""
    same = compared(ROLLBACK, replace(ROLLBACK, policy="new@0"))
    later = compared(ROLLBACK, LATER)
    told = replace(ROLLBACK, changes=(*ROLLBACK.changes[:1], replace(ROLLBACK.changes[1], call="rollback_recommended")))
    less = compared(ROLLBACK, told)
    assert summary([same, later, less], counts_alike=True).differing == (later, less)


def test_what_is_not_known_is_said() -> None:
    """Evidence that ends with a rollback, what is still watched, counts that cannot change, and other policies."""
    cut = replace(compared(ROLLBACK, QUIET, bad=True), cut=True)
    going = replace(compared(QUIET, QUIET, bad=False), ended=False)
    other = replace(compared(QUIET, QUIET, bad=False), as_recorded=False, policies=("shop@0", "shop@1"))
    found = summary([cut, going, other], counts_alike=False).not_known
    assert [text.partition(" ")[0] for text in found] == ["What", "What", "What", "Why"]
    assert "the evidence ends with it" in found[0]
    assert "still to come of 1 deploy" in found[1]
    assert "count_abnormal" in found[2]
    assert "of then (shop@0, shop@1)" in found[3]
    known = replace(cut, given=ROLLBACK)
    assert summary([known], counts_alike=True).not_known == ()


def test_nothing_at_all_is_a_summary_too() -> None:
    """Of no deploys."""
    found = summary([], counts_alike=True)
    assert (found.deploys, found.minutes, found.differing, found.not_known) == (0, 0, (), ())
