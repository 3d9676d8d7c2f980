"""What is known of one session: the join of what its updates say."""

from itertools import permutations

import pytest

from analytics.correlation.sessions import RANKS, SessionState, change, merge, update


def state(
    status: str = "ok", errors: int = 0, at: int = 0, release: str = "r1", identity: str | None = None
) -> SessionState:
    return update("s", (at, at, release, "production", ()), identity, status, errors)


@pytest.mark.parametrize(
    ("status", "errors", "expected"),
    [
        ("ok", 0, "healthy"),
        ("exited", 0, "healthy"),
        ("ok", 1, "errored"),
        ("exited", 3, "errored"),
        ("errored", 0, "errored"),
        ("unhandled", 0, "unhandled"),
        ("abnormal", 2, "abnormal"),
        ("crashed", 1, "crashed"),
    ],
)
def test_the_class_of_a_session_is_its_status(status: str, errors: int, expected: str) -> None:
    """Except that an ok or exited one with errors is errored."""
    assert state(status, errors).session_class == expected


def test_the_worst_status_stays() -> None:
    """Whatever is told later, in any order: a crash is not undone by an exit."""
    for order in permutations([state(status) for status in RANKS], 3):
        joined = merge(merge(order[0], order[1]), order[2])
        assert joined.rank == max(one.rank for one in order)


def test_the_earliest_update_names_release_and_environment() -> None:
    """Not the first one read; at one time the smaller name, so that order decides nothing."""
    early, late, same = state(at=1, release="z"), state(at=2, release="a"), state(at=1, release="y")
    assert merge(late, early).release == merge(early, late).release == "z"
    assert merge(early, same).release == merge(same, early).release == "y"


def test_the_earliest_update_with_a_user_names_the_user() -> None:
    """Updates without one say nothing of it."""
    joined = merge(merge(state(at=1), state(at=3, identity="bob")), state(at=2, identity="ada"))
    assert joined.identity == "ada"


def test_a_first_update_starts_a_session() -> None:
    """The change is one session more in its cell."""
    assert change(None, state("crashed")) == {("production", "r1", (), None, "crashed"): 1}


def test_a_change_moves_a_session_and_starts_none() -> None:
    """From class to class, or from release to release; no change moves nothing."""
    before = state(at=5)
    assert change(before, merge(before, state("exited"))) == {}
    assert change(before, merge(before, state("crashed", at=5))) == {
        ("production", "r1", (), None, "healthy"): -1,
        ("production", "r1", (), None, "crashed"): 1,
    }
    assert change(before, merge(before, state(at=1, release="r0"))) == {
        ("production", "r1", (), None, "healthy"): -1,
        ("production", "r0", (), None, "healthy"): 1,
    }


@pytest.mark.parametrize(
    ("status", "hurt"), [(status, status in {"unhandled", "abnormal", "crashed"}) for status in RANKS]
)
def test_who_is_hurt(status: str, hurt: bool) -> None:  # noqa: FBT001 - a parameter of a test
    """Unhandled, abnormal and crashed."""
    assert state(status).hurt is hurt
