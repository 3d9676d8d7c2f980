"""Recursion: however deep it went, and wherever in the circle it ended, it is one thing."""

import re
from collections import Counter
from collections.abc import Sequence

EXHAUSTED_TYPES = frozenset({
    "RecursionError", "StackOverflowError", "java.lang.StackOverflowError", "StackOverflowException",
    "System.StackOverflowException", "InsufficientExecutionStackException", "SystemStackError", "EXC_STACK_OVERFLOW",
})  # fmt: skip
EXHAUSTED = re.compile(
    r"maximum call stack size exceeded|too much recursion|stack ?overflow|stack level too deep|goroutine stack exceeds|"
    r"maximum recursion depth exceeded|maximum function nesting level",
    re.IGNORECASE,
)


def is_exhausted(kind: str, value: str) -> bool:
    """Whether the stack's end was reached: then it is chance which function of the circle was the last."""
    return kind in EXHAUSTED_TYPES or EXHAUSTED.search(value[:200]) is not None


def circle(frames: Sequence[str]) -> tuple[str, ...]:
    """The functions that a stack has more than once, in an order that does not depend on where the circle was cut."""
    return tuple(sorted(name for name, times in Counter(frames).items() if times > 1))


def collapse(frames: Sequence[str]) -> list[int]:
    """The places that stay when each run that repeats, of any length and however often, is there once."""
    kept: list[str] = []
    places: list[int] = []
    for place, frame in enumerate(frames):
        again = frame in kept
        kept.append(frame)
        places.append(place)
        if again:
            _drop_repeated_end(kept)
            del places[len(kept) :]
    return places


def _drop_repeated_end(kept: list[str]) -> None:
    for length in range(1, len(kept) // 2 + 1):
        if kept[-1] == kept[-1 - length] and kept[-length:] == kept[-2 * length : -length]:
            del kept[-length:]
            return
