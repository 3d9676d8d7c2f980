"""Guards against poison: a misconfigured producer must not turn a whole topic into dead letters."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

WINDOW, LEAST, SHARE = 1_000, 200, 0.5
"""Of about the last `WINDOW` messages of a topic, and at least `LEAST`, more than `SHARE` dead letters are poison."""
PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Recent:
    messages: float = 0.0
    dead: float = 0.0

    def then(self, messages: int, dead: int) -> "_Recent":
        """With a batch more; what is older counts less, so that the window's length is kept without a list."""
        left = max(0.0, min(1.0, (WINDOW - messages) / self.messages)) if self.messages else 0.0
        return _Recent(self.messages * left + messages, self.dead * left + dead)

    @property
    def poisoned(self) -> bool:
        return self.messages >= LEAST and self.dead > SHARE * self.messages


class Poison:
    """Which topics are paused, and until when."""

    def __init__(self) -> None:
        self._recent: dict[str, _Recent] = {}
        self._until: dict[str, float] = {}

    def saw(self, messages: Mapping[str, int], dead: Mapping[str, int]) -> list[str]:
        """Count a batch, by topic; the topics that are mostly poison now are paused, and named."""
        poisoned = []
        for topic, number in messages.items():
            recent = self._recent.get(topic, _Recent()).then(number, dead.get(topic, 0))
            self._recent[topic] = recent
            if recent.poisoned:
                self._recent[topic] = _Recent()
                self._until[topic] = time.monotonic() + PAUSE_SECONDS
                poisoned.append(topic)
        return poisoned

    def paused(self) -> list[str]:
        return sorted(self._until)

    def healed(self) -> list[str]:
        """Topics whose pause is over; each is named once."""
        over = [topic for topic, until in self._until.items() if time.monotonic() >= until]
        for topic in over:
            del self._until[topic]
        return over
