"""models/clock.py."""

import pytest

from models.clock import SimulatedClock, SystemClock


def test_the_machines_clock_counts_milliseconds_since_1970() -> None:
    """A time of this century, in milliseconds: neither seconds nor nanoseconds."""
    assert 1_700_000_000_000 < SystemClock().now() < 5_000_000_000_000


def test_a_simulated_clock_stands_still_until_it_is_set() -> None:
    """A replay's time is the file's, not the machine's."""
    clock = SimulatedClock(1_000)
    assert (clock.now(), clock.now()) == (1_000, 1_000)

    clock.set(2_000)
    clock.set(2_000)

    assert clock.now() == 2_000


def test_a_simulated_clock_does_not_go_back() -> None:
    """Booking relies on it; both times are in the message."""
    clock = SimulatedClock(1_000)

    with pytest.raises(ValueError, match=r"from 1000 to 999"):
        clock.set(999)

    assert clock.now() == 1_000
