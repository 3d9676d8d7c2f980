"""A session's state is a join-semilattice, whatever its updates say."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as some

from analytics.correlation.sessions import RANKS, Cell, SessionState, change, merge, update

TIMES = some.integers(0, 3)
UPDATES = some.builds(
    update,
    some.just("s"),
    some.tuples(
        TIMES,
        TIMES,
        some.sampled_from(["r1", "r2"]),
        some.sampled_from(["production", "staging"]),
        some.sampled_from([(), (("os", "iOS"),), (("os", "Android"),)]),
    ),
    some.sampled_from([None, "ada", "bob"]),
    some.sampled_from(RANKS),
    some.integers(0, 2),
)
STATES = some.lists(UPDATES, min_size=1, max_size=4).map(lambda updates: reduce(merge, updates))


@given(STATES, STATES, STATES)
def test_the_join_is_associative_commutative_and_idempotent(a: SessionState, b: SessionState, c: SessionState) -> None:
    """So order, grouping and repetition of updates decide nothing."""
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, a) == a


@given(STATES, STATES)
def test_the_join_only_grows(a: SessionState, b: SessionState) -> None:
    """Nothing that was known is forgotten, and nobody who was hurt is unhurt."""
    joined = merge(a, b)
    assert joined.rank >= a.rank
    assert joined.errors >= a.errors
    assert joined.hurt >= a.hurt
    assert merge(joined, a) == joined


@given(some.lists(UPDATES, min_size=1, max_size=8))
def test_changes_add_up_to_one_session(updates: list[SessionState]) -> None:
    """In the cell of its last state; every other cell that it passed is empty again."""
    cells: dict[Cell, int] = {}
    known = None
    for told in updates:
        after = told if known is None else merge(known, told)
        for cell, delta in change(known, after).items():
            cells[cell] = cells.get(cell, 0) + delta
        known = after
    assert known is not None
    assert {cell: count for cell, count in cells.items() if count} == {known.cell: 1}
