"""Asking the server again and again until it says what is waited for, through restarts and broken connections."""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from seatrial.failures import Unanswered

ASK_SECONDS = 2.0
Answer = TypeVar("Answer")


class Wait:
    """Begins now. Without ``seconds`` it has no end, and then the first failure ends it.

    ``clock`` (seconds) and ``sleep`` are those of the process, ``tell`` is for what is said on the way.
    """

    def __init__(
        self,
        seconds: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        tell: Callable[[str], object] = sys.stderr.write,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._tell = tell
        self._deadline = None if seconds is None else clock() + seconds
        self._told = False

    def until(self, ask: Callable[[], Answer], enough: Callable[[Answer], bool]) -> Answer:
        """The first answer that is enough, or the last in time. Raises the failure that lasts until the end."""
        while True:
            try:
                answer = ask()
            except Unanswered as failure:
                if self._deadline is None or self._is_over():
                    raise
                self._say(failure)
            else:
                if enough(answer) or self._is_over():
                    return answer
            self._sleep(self._pause())

    def _is_over(self) -> bool:
        return self._deadline is not None and self._clock() >= self._deadline

    def _pause(self) -> float:
        return ASK_SECONDS if self._deadline is None else min(ASK_SECONDS, max(0.0, self._deadline - self._clock()))

    def _say(self, failure: Unanswered) -> None:
        if not self._told:
            self._tell(f"seatrial: {failure}; asking on until the timeout\n")
            self._told = True
