"""analytics/verdict/limits.py: when an absolute limit is broken, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import binomtest

from analytics.verdict import limits
from models.domain.evidence import ArmMinute, EvidenceMinute
from models.domain.policy import Consequence, Limit, Quantity
from models.domain.verdict import Verdict

SESSIONS = Limit(Quantity.SESSIONS, 0.99, 5)
HURT = Limit(Quantity.HURT, 10, 5)


def shown(*arms: ArmMinute) -> list[EvidenceMinute]:
    return [EvidenceMinute(number, 0.3, new=arm) for number, arm in enumerate(arms)]


def failing(failed: int, of: int = 100) -> ArmMinute:
    return ArmMinute(started=of, healthy=of - failed, crashed=failed, hurt=failed)


def is_broken(limit: Limit, *arms: ArmMinute) -> bool:
    return limits.broken(shown(*arms), [limit]) == (limit,)


@given(some.integers(1, 3_000), some.data(), some.sampled_from([0.0, 0.5, 0.9, 0.99, 0.999, 1.0]))
def test_a_share_breaks_its_limit_beyond_chance(n: int, data: some.DataObject, least: float) -> None:
    """Just where scipy's exact one-sided test says that a release at the limit is so bad once in 1,000 windows."""
    bad = data.draw(some.integers(0, n))
    by_chance = binomtest(bad, n, 1.0 - least, alternative="greater").pvalue
    assert is_broken(Limit(Quantity.SESSIONS, least, 1), failing(bad, n)) is bool(by_chance < limits.CHANCE)


def test_one_crash_of_three_sessions_breaks_nothing() -> None:
    """66.7 % is far below 99 %, and says nothing."""
    assert not is_broken(SESSIONS, failing(1, 3))
    assert is_broken(SESSIONS, failing(20))


def test_a_limit_is_of_its_minutes_alone() -> None:
    """Twelve failures over six minutes are too many in five only while all twelve are in the five."""
    four = ArmMinute(hurt=4)
    assert is_broken(HURT, four, four, four)
    assert not is_broken(HURT, four, four, *[ArmMinute()] * 4, four)


def test_a_broken_limit_lasts() -> None:
    """For ten minutes after the last window in which it was broken."""
    broken = [ArmMinute(hurt=11), *[ArmMinute()] * 4]
    quiet = [ArmMinute()] * (limits.LASTS - 1)
    assert is_broken(HURT, *broken, *quiet)
    assert not is_broken(HURT, *broken, *quiet, ArmMinute())
    assert limits.needed([HURT]) == len(broken) + len(quiet)
    assert limits.needed([]) == 0


@pytest.mark.parametrize(
    ("quantity", "arm"),
    [
        (Quantity.SESSIONS, ArmMinute(started=100, crashed=4, unhandled=4, abnormal=4)),
        (Quantity.USERS, ArmMinute(started=100, hurt=12)),
        (Quantity.ERRORED, ArmMinute(started=100, errored=12)),
    ],
)
def test_each_quantity_has_its_counts(quantity: Quantity, arm: ArmMinute) -> None:
    """Twelve of a hundred, where one may be."""
    limit = Limit(quantity, 0.01 if quantity is Quantity.ERRORED else 0.99, 1)
    assert is_broken(limit, arm)
    others = {Quantity.USERS, Quantity.SESSIONS, Quantity.ERRORED} - {quantity}
    assert not any(is_broken(Limit(other, 0.01 if other is Quantity.ERRORED else 0.99, 1), arm) for other in others)


def test_no_data_breaks_nothing() -> None:
    """Nor do failures whose sessions are not told yet, nor users that nobody names."""
    assert not is_broken(SESSIONS)
    assert not is_broken(SESSIONS, ArmMinute(), ArmMinute(started=-3, crashed=2))
    assert not is_broken(SESSIONS, ArmMinute(started=5, crashed=40))
    nameless = limits.window(HURT, shown(ArmMinute(started=9, anonymous=50)))
    assert not nameless.known


def test_what_a_broken_limit_makes_of_a_verdict() -> None:
    """It holds; a rollback stays, and where nothing is broken everything does."""
    assert limits.verdict(Verdict.CONTINUE, [HURT]) is Verdict.HOLD
    assert limits.verdict(Verdict.INSUFFICIENT_DATA, [HURT]) is Verdict.HOLD
    assert limits.verdict(Verdict.ROLLBACK, [HURT]) is Verdict.ROLLBACK
    assert limits.verdict(Verdict.CONTINUE, []) is Verdict.CONTINUE


def test_only_a_limit_that_says_so_recommends() -> None:
    """As two reasons in `held_by`."""
    told = Limit(Quantity.HURT, 10, 5, Consequence.ROLLBACK_RECOMMENDED)
    assert limits.held_by([]) == ()
    assert limits.held_by([HURT]) == ("limit",)
    assert limits.held_by([HURT, told]) == ("limit", "limit_rollback")
