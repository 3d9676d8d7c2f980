"""How long and how many, as people say it."""

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
SECONDS_UP_TO = 2 * MINUTE
"""Until here, seconds say more: a standstill is one after 35 of them."""
HOURS_UP_TO = 2 * DAY


def span(milliseconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 10 min`` or ``16 days``; never less than nothing."""
    seconds = max(0, int(milliseconds // 1000))
    if seconds < SECONDS_UP_TO:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    if seconds < HOURS_UP_TO:
        rest = seconds % HOUR // MINUTE
        return f"{seconds // HOUR} h {rest} min" if rest else f"{seconds // HOUR} h"
    return f"{round(seconds / DAY)} days"


def counted(count: int, thing: str, things: str | None = None) -> str:
    """``1 attempt``, ``3 attempts``, ``1,204 users``."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"
