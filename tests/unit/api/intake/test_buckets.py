"""Token buckets by key and category, and a project's quota, on a clock that the test drives."""

from dataclasses import replace

import pytest

from api.intake.fairness.buckets import Limited, Throttle
from models.domain.ledger import Category
from models.domain.project import ProjectSettings
from tests.fakes.intake import KEY, PROJECT

OTHER_KEY = "f" * 32


class Clock:
    """Seconds, as the test sets them."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taken(throttle: Throttle, times: int, category: Category = Category.ERROR, key: str = KEY) -> int:
    return sum(throttle.take(PROJECT, key, category) is None for _ in range(times))


def test_a_key_may_send_a_burst_and_then_its_rate(clock: Clock) -> None:
    """Ten seconds' worth at once, and afterwards as many as come back."""
    throttle = Throttle(2, clock)
    assert taken(throttle, 50) == 20
    assert throttle.take(PROJECT, KEY, Category.ERROR) == Limited(1, "key")
    clock.now += 3
    assert taken(throttle, 50) == 6
    clock.now += 10_000
    assert taken(throttle, 50) == 20


def test_categories_and_keys_have_buckets_of_their_own(clock: Clock) -> None:
    """Errors that are throttled take nothing from sessions, nor one key from another."""
    throttle = Throttle(1, clock)
    assert taken(throttle, 50) == 10
    assert taken(throttle, 50, Category.SESSION) == 10
    assert taken(throttle, 50, key=OTHER_KEY) == 10


def test_a_rate_of_none_limits_nothing(clock: Clock) -> None:
    """Where an installation wants no limits, there are none."""
    assert taken(Throttle(0, clock), 100_000) == 100_000


def test_a_quota_is_the_project_s_over_all_its_keys(clock: Clock) -> None:
    """So many a minute by all keys together; the others of its categories, and its sessions, are not touched."""
    quota = replace(PROJECT, settings=ProjectSettings(quotas={"error": 6}))
    throttle = Throttle(0, clock)
    found = [throttle.take(quota, key, Category.ERROR) for key in (KEY, OTHER_KEY) * 4]
    assert found == [None] * 6 + [Limited(10, "project")] * 2
    assert throttle.take(quota, KEY, Category.SESSION) is None
    clock.now += 10
    assert [throttle.take(quota, KEY, Category.ERROR) for _ in range(2)] == [None, Limited(10, "project")]


def test_a_quota_of_none_takes_nothing(clock: Clock) -> None:
    """Its clients are asked to come back in a minute, for ever."""
    closed = replace(PROJECT, settings=ProjectSettings(quotas={"feedback": 0}))
    throttle = Throttle(10, clock)
    assert throttle.take(closed, KEY, Category.FEEDBACK) == Limited(60, "project")
    clock.now += 10_000
    assert throttle.take(closed, KEY, Category.FEEDBACK) == Limited(60, "project")


def test_an_item_that_is_over_one_limit_costs_the_other_nothing(clock: Clock) -> None:
    """What the quota refuses takes no token of the key."""
    quota = replace(PROJECT, settings=ProjectSettings(quotas={"error": 0}))
    throttle = Throttle(1, clock)
    for _ in range(50):
        throttle.take(quota, KEY, Category.ERROR)
    assert taken(throttle, 50) == 10


def test_a_changed_quota_holds_at_once(clock: Clock) -> None:
    """A project that is given more need not wait for the tokens of the old one."""
    throttle = Throttle(0, clock)
    small, large = (replace(PROJECT, settings=ProjectSettings(quotas={"error": most})) for most in (1, 5))
    assert throttle.take(small, KEY, Category.ERROR) is None
    assert throttle.take(small, KEY, Category.ERROR) == Limited(60, "project")
    assert [throttle.take(large, KEY, Category.ERROR) for _ in range(5)] == [None] * 5
