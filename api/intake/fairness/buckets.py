"""Token buckets: how many items of a category a key, and a project, may send.

An item is refused before it is read, so that what is over the limit costs its framing alone. Each process has buckets
of its own (docs/adr/0024): over N processes of the api, N times as much is taken.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from api.intake.keys import ProjectKeys
from models.domain.ledger import Category

KEY_RATE = 10_000
"""Items a second of one category by one key: four times the 2,500 a second of the demo, and of what one process on one
core takes in requests of one item each. Only envelopes of many sessions come near it: a runaway loop, not a service."""
BURST_SECONDS = 10
"""What a key may send at once, in seconds of its rate: a fleet that was cut off and comes back."""
QUOTA_SECONDS = 60
"""A quota is told by the minute: that much at once, then as it comes back."""

Scope: TypeAlias = Literal["key", "project"]


@dataclass(slots=True)
class Bucket:
    """Holds up to ``capacity`` tokens; ``rate`` of them come back a second. ``at`` is when it was looked at last, s."""

    rate: float
    capacity: float
    tokens: float
    at: float

    def fill(self, now: float) -> None:
        self.tokens = min(self.capacity, self.tokens + (now - self.at) * self.rate)
        self.at = now

    @property
    def wait(self) -> int:
        """Whole seconds until the next token, at least 1; a bucket that none come back to is asked once a minute."""
        return max(1, math.ceil((1 - self.tokens) / self.rate)) if self.rate else QUOTA_SECONDS


@dataclass(frozen=True, slots=True)
class Limited:
    """An item is over a limit, for so many seconds."""

    seconds: int
    scope: Scope


class Throttle:
    """The buckets of this process. ``key_rate`` in items a second, 0 for none; ``now`` in s, never back."""

    def __init__(self, key_rate: int = KEY_RATE, now: Callable[[], float] = time.monotonic) -> None:
        self._key_rate = key_rate
        self._now = now
        self._buckets: dict[tuple[Scope, str, Category], Bucket] = {}

    def take(self, keys: ProjectKeys, key: str, category: Category) -> Limited | None:
        """Take a token of the key and one of its project's quota, or neither: then how long to wait.

        Only keys that were admitted come here, so strangers cannot fill the memory with buckets.
        """
        buckets: dict[Scope, Bucket] = {}
        if (quota := keys.settings.quotas.get(category)) is not None:
            buckets["project"] = self._bucket(("project", keys.project, category), quota / QUOTA_SECONDS, quota)
        if self._key_rate:
            capacity = self._key_rate * BURST_SECONDS
            buckets["key"] = self._bucket(("key", key, category), self._key_rate, capacity)
        empty = [Limited(bucket.wait, scope) for scope, bucket in buckets.items() if bucket.tokens < 1]
        if empty:
            return max(empty, key=lambda limited: limited.seconds)
        for bucket in buckets.values():
            bucket.tokens -= 1
        return None

    def _bucket(self, name: tuple[Scope, str, Category], rate: float, capacity: float) -> Bucket:
        """The bucket of this name, filled up to now; a full one if it is new or its quota was changed."""
        now = self._now()
        bucket = self._buckets.get(name)
        if bucket is None or bucket.capacity != capacity:
            bucket = self._buckets[name] = Bucket(rate, capacity, capacity, now)
        bucket.fill(now)
        return bucket
