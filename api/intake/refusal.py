"""What is said to a client whose request is not taken."""

from collections.abc import Mapping, Sequence

from api.intake import rate_limits
from api.intake.rate_limits import RateLimit


class Refusal(Exception):
    """A request that is not taken.

    ``status`` is the HTTP code (sentry-protocol.md, 1.8), ``detail`` one sentence, ``causes`` what to look at.
    """

    def __init__(self, status: int, detail: str, *causes: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.causes = causes
        self.headers = dict(headers or {})


class Unwanted(Exception):
    """An item that is sound, and that nobody wants to see: it is counted as filtered."""


def bad_envelope(cause: str) -> Refusal:
    return Refusal(400, "invalid event envelope", cause)


def bad_compression(cause: str) -> Refusal:
    return Refusal(400, "invalid compression", cause)


def too_large(what: str, limit: int) -> Refusal:
    return Refusal(413, f"envelope exceeded size limits for type '{what}' (at most {limit:,} bytes)")


def rate_limited(limits: Sequence[RateLimit]) -> Refusal:
    """A 429: raised after what is not limited was taken. ``limits`` says what was not, and for how long."""
    categories = ", ".join(sorted({category for limit in limits for category in limit.categories}))
    cause = f"over the limit for: {categories}; all else was taken"
    return Refusal(429, "rate limited", cause, headers=rate_limits.headers(limits))
