"""What stands between the world and the log: limits of keys, and the spool for while the log is down."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from api.intake.fairness.buckets import KEY_RATE
from api.intake.keeping.spool import Spool


@dataclass(frozen=True, slots=True)
class Protection:
    key_rate: int = KEY_RATE
    """Items a second of one category that one key may send; 0 for no limit."""
    spool: Spool | None = None
    """Where records go while the log does not take them; without one they are refused."""
    now: Callable[[], float] = time.monotonic
    """For the buckets, in s."""
