"""When an action that was not taken is tried again, and when it is given up."""

from hashlib import blake2b

from actions.call import ROLLBACK

ROLLBACK_SECONDS = (2, 5, 10, 20, 30, 60, 60, 120, 120, 300, 300, 600, 600, 900)
"""Pauses after the 1st, 2nd, … attempt. Users are hurt while it waits: six tries in the first 67 s (2+5+10+20+30), for
a receiver that is just being restarted. 67 + 120 + 240 + 600 + 1,200 + 900 = 3,127 s: given up after 52 minutes, while
somebody can still do it by hand."""
OTHER_SECONDS = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800)
"""5 + 30 + 120 + 600 + 1,800 + 3,600 + 7,200 + 14,400 + 28,800 = 56,555 s: given up after 15.7 hours, which a night's
outage of the receiver does not reach."""
JITTER = 0.1
"""Up to a tenth longer, so that what failed together is not tried together for ever."""


def pause(kind: str, action: str, attempt: int) -> int | None:
    """Milliseconds to wait after this attempt (the first is 1) failed; None if it was the last. The same for an id."""
    seconds = ROLLBACK_SECONDS if kind == ROLLBACK else OTHER_SECONDS
    if attempt > len(seconds):
        return None
    drawn = blake2b(f"{action}/{attempt}".encode(), digest_size=2).digest()
    share = int.from_bytes(drawn, "big") / 0xFFFF
    return round(seconds[attempt - 1] * 1_000 * (1 + JITTER * share))
