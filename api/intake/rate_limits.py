"""How a client is told to slow down (https://develop.sentry.dev/sdk/expected-features/rate-limiting/).

Each limit names its categories: one that names none silences a client whole, its sessions with its errors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CATEGORIES: Mapping[str, str | None] = {
    "event": "error",
    "security": "security",
    "session": "session",
    "sessions": "session",
    "feedback": "feedback",
    "user_report": "default",
    "transaction": "transaction",
    "attachment": "attachment",
    "check_in": "monitor",
    "log": "log_item",
    "trace_metric": "metric_bucket",
    "statsd": "metric_bucket",
    "metric_buckets": "metric_bucket",
    "span": "span",
    "profile": "profile",
    "profile_chunk": "profile",
    "replay_event": "replay",
    "replay_recording": "replay",
    "replay_video": "replay",
    "client_report": None,
}
"""The protocol's category of an item, by its type; None for what is never limited."""
DEFAULT = "default"
"""The category of every other type."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a client shall not send for a time: ``60:error;security:key:too_many_errors`` of the header."""

    seconds: int
    """Whole ones, at least 1: Python's SDK skips a limit that it cannot read as an integer."""
    categories: tuple[str, ...]
    """The protocol's, at least one."""
    scope: str
    """For whom it holds: ``organization``, ``project`` or ``key``."""
    reason: str
    """A word for logs: letters, digits and underscores."""

    def __post_init__(self) -> None:
        if self.seconds < 1 or not self.categories:
            raise ValueError("a limit holds for at least a second and names at least one category")

    def __str__(self) -> str:
        return f"{self.seconds}:{';'.join(self.categories)}:{self.scope}:{self.reason}"


def category(kind: str) -> str | None:
    """The category by which an item of this type is limited, None if it never is."""
    return CATEGORIES.get(kind, DEFAULT)


def headers(limits: Sequence[RateLimit]) -> dict[str, str]:
    """The headers of an answer of any status; none without limits. ``Retry-After`` is the longest of them."""
    if not limits:
        return {}
    return {
        "X-Sentry-Rate-Limits": ", ".join(map(str, limits)),
        "Retry-After": str(max(limit.seconds for limit in limits)),
    }
