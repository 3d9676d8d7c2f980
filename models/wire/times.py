"""Times as producers write them, to milliseconds since the epoch, UTC."""

from datetime import UTC, datetime

YEAR_9999 = 253_402_300_799_000
"""The last second that RFC 3339 can write, in ms."""

FUTURE_MS = 60_000
"""What happened may be this far ahead of our clock."""


def to_milliseconds(value: object) -> int | None:
    """RFC 3339 (without a zone: UTC) or epoch seconds; None where it is neither, or outside the years 1970 to 9999."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _bounded(value * 1000)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return _bounded(moment.timestamp() * 1000)
    except (OverflowError, ValueError):
        return None


def to_text(milliseconds: int) -> str:
    """RFC 3339 in UTC, with a Z; milliseconds only where there are any."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    precision = "milliseconds" if milliseconds % 1000 else "seconds"
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


def _bounded(milliseconds: float) -> int | None:
    # Neither NaN nor infinity is between the two, and an integer of any length can be compared.
    return round(milliseconds) if 0 <= milliseconds <= YEAR_9999 else None
