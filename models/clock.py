"""The two clocks: the machine's, and one that a replay or a test drives."""

import time


class SystemClock:
    def now(self) -> int:
        return time.time_ns() // 1_000_000


class SimulatedClock:
    """Stands still until it is set. Never goes back."""

    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def set(self, now: int) -> None:
        if now < self._now:
            message = f"a simulated clock cannot go back from {self._now} to {now}"
            raise ValueError(message)
        self._now = now
