"""When an event happened, by our clock."""

from models.wire.canonical.faults import Faults
from models.wire.times import FUTURE_MS, to_milliseconds

OLDEST_MS = 30 * 86_400_000
"""An event that claims to be older than 30 days gets the time of its arrival."""


def on_our_clock(time: object, drift: int) -> int | None:
    """A client's time in ms, with what its clock is off by; None for what is no time."""
    try:
        read = to_milliseconds(time)
    except OverflowError:  # a whole number of more digits than a float holds
        return None
    return None if read is None else max(0, read + drift)


def moment(time: object, received_at: int, drift: int, faults: Faults) -> int:
    """The event's time in ms; that of its arrival where it cannot be true."""
    found = on_our_clock(time, drift)
    if found is None:
        faults.add("missing_attribute" if time is None else "invalid_data", "timestamp")
        return received_at
    if drift:
        faults.add("clock_drift", "timestamp")
    if found > received_at + FUTURE_MS:
        faults.add("future_timestamp", "timestamp")
        return received_at
    if found < received_at - OLDEST_MS:
        faults.add("past_timestamp", "timestamp")
        return received_at
    return found
