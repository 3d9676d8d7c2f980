"""A few threads, one piece of work for each project at a time."""

import threading
from collections.abc import Iterator

import pytest

from actions.lanes import Lane


@pytest.fixture
def lane() -> Iterator[Lane]:
    lane = Lane("test", 2)
    yield lane
    lane.close()


def test_a_project_is_busy_until_its_work_is_done(lane: Lane) -> None:
    """And takes one of the threads while it is."""
    gate = threading.Event()
    slow = lane.start("shop", lambda: int(gate.wait()))
    assert (lane.busy, lane.free) == (frozenset({"shop"}), 1)
    gate.set()
    assert slow.result() == 1
    assert (lane.busy, lane.free) == (frozenset(), 2)


def test_work_that_failed_is_done_too(lane: Lane) -> None:
    """A fault does not keep its project busy for ever."""
    failed = lane.start("shop", lambda: int("x"))
    with pytest.raises(ValueError, match="invalid literal"):
        failed.result()
    assert lane.free == 2


def test_closing_waits_for_what_is_in_hand(lane: Lane) -> None:
    """What was begun is finished."""
    gate, done = threading.Event(), threading.Event()

    def work() -> int:
        gate.wait()
        done.set()
        return 1

    lane.start("shop", work)
    gate.set()
    lane.close()
    assert done.is_set()
