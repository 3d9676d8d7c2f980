"""models/wire/times.py."""

import pytest

from models.wire.times import YEAR_9999, to_milliseconds, to_text

NOON = 1_788_004_800_000
"""2026-08-29T12:00:00Z."""


@pytest.mark.parametrize(
    "value",
    [
        "2026-08-29T12:00:00Z",
        "2026-08-29T12:00:00",
        "2026-08-29T12:00:00.000000Z",
        "2026-08-29T14:00:00+02:00",
        "2026-08-29 12:00:00+00:00",
        1_788_004_800,
        1_788_004_800.0,
    ],
)
def test_one_moment_in_every_way_of_writing_it(value: object) -> None:
    """RFC 3339 in any zone, none being UTC, and seconds since the epoch as SDKs send them."""
    assert to_milliseconds(value) == NOON


@pytest.mark.parametrize(
    ("value", "milliseconds"),
    [(0, 0), (0.0005, 0), (0.0016, 2), ("1970-01-01T00:00:00.123Z", 123), (YEAR_9999 / 1000, YEAR_9999)],
)
def test_fractions_are_rounded_to_milliseconds(value: object, milliseconds: int) -> None:
    """Nothing is finer than a millisecond in the store."""
    assert to_milliseconds(value) == milliseconds


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, "", "yesterday", "2026-13-01T00:00:00Z", [], {}, b"2026"),
        *(-1, -0.001, float("nan"), float("inf"), float("-inf"), 1e300, 10**400, 253_402_300_800),
        *("1969-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_is_no_time_or_out_of_range_is_none(value: object) -> None:
    """Garbage never raises, and never becomes a time."""
    assert to_milliseconds(value) is None


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "1970-01-01T00:00:00Z"), (NOON, "2026-08-29T12:00:00Z"), (NOON + 7, "2026-08-29T12:00:00.007Z")],
)
def test_times_go_out_with_a_z_and_come_back(milliseconds: int, text: str) -> None:
    """RFC 3339 in UTC; milliseconds only where there are any."""
    assert to_text(milliseconds) == text
    assert to_milliseconds(text) == milliseconds
