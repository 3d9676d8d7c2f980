"""Sketches of users are joined in any order, and what explains crashes adds up whatever there is."""

import random

from hypothesis import given
from hypothesis import strategies as some

from analytics.correlation.crashes import FailedSession, UnhandledEvent, explain
from analytics.statistics import sketch
from analytics.statistics.sketch import KEPT, Sketch, estimate, join

SEEDS = some.tuples(some.integers(0, 9), some.sampled_from([0, 3, 700, 1_500]))
SKETCHES = SEEDS.map(
    lambda one: join([[random.Random(one[0] * 9_000 + place).getrandbits(64) for place in range(one[1])]])
)
TIMES = some.integers(0, 20).map(lambda minutes: minutes * 60_000)
USERS = some.sampled_from(["ada", "bob", "eve"])
SESSIONS = some.lists(some.builds(FailedSession, some.uuids().map(str), USERS, some.just(0), TIMES), max_size=12)
EVENTS = some.lists(
    some.builds(
        UnhandledEvent, some.uuids().map(str), some.sampled_from(["cart", "pay", "tax"]), USERS | some.none(), TIMES
    ),
    max_size=12,
)


@given(SKETCHES, SKETCHES, SKETCHES)
def test_the_join_is_associative_commutative_and_idempotent(a: Sketch, b: Sketch, c: Sketch) -> None:
    """So order, repetition and partitions decide nothing; and it loses nothing that counts."""
    assert join([a, b]) == join([b, a])
    assert join([join([a, b]), c]) == join([a, join([b, c])]) == join([a, b, c])
    assert join([a, a]) == a
    assert join([a, frozenset()]) == a
    assert sketch.load(sketch.dump(a)) == a


@given(SKETCHES, SKETCHES)
def test_more_users_are_never_fewer(a: Sketch, b: Sketch) -> None:
    """A union is estimated as at least either part, and at most as their sum where it is exact."""
    both = estimate(join([a, b])).n
    assert both >= max(estimate(a).n, estimate(b).n)
    assert len(a) + len(b) >= KEPT or both <= len(a) + len(b)


@given(SESSIONS, EVENTS, some.integers(0, 20), some.randoms(use_true_random=False))
def test_what_explains_crashes_adds_up(
    sessions: list[FailedSession], events: list[UnhandledEvent], unknown: int, chance: random.Random
) -> None:
    """Issues and the unexplained are all failed sessions; no event counts twice; the order read decides nothing."""
    total = len(sessions) + unknown
    found = explain(total, sessions, events)
    assert sum(found.by_issue.values()) + found.unexplained == found.total == total
    assert found.unexplained >= 0
    for issue, explained in found.by_issue.items():
        assert 0 < explained <= sum(event.issue == issue for event in events)
    chance.shuffle(sessions)
    chance.shuffle(events)
    assert explain(total, sessions, events) == found
