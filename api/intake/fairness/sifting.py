"""Which items of a request are over a limit: they are refused unread, and the others go their way all the same.

So health keeps flowing while errors are throttled (sentry-protocol.md, 1.8 and 1.9).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from api.intake import rate_limits
from api.intake.fairness.buckets import Limited
from api.intake.kinds.items import KEPT, Settled
from api.intake.opening.envelope import Item
from api.intake.rate_limits import RateLimit
from models.domain.ledger import Category, Fate

REASONS = {"key": "key_rate", "project": "quota"}


@dataclass(frozen=True, slots=True)
class Sifted:
    passed: tuple[Item, ...]
    limited: tuple[Settled, ...]
    limits: tuple[RateLimit, ...]
    """What the client is told of them; none if nothing was limited."""


def sift(items: Iterable[Item], take: Callable[[Category], Limited | None]) -> Sifted:
    """``take`` asks for a token of a category. What is not kept anyway, and client reports, need none."""
    passed, limited = [], []
    longest: dict[tuple[str, str], int] = {}
    for item in items:
        found = take(KEPT[item.kind][0]) if item.kind in KEPT else None
        if found is None:
            passed.append(item)
            continue
        limited.append(Settled(KEPT[item.kind][0], Fate.RATE_LIMITED))
        name = (found.scope, rate_limits.category(item.kind) or rate_limits.DEFAULT)
        longest[name] = max(found.seconds, longest.get(name, 0))
    return Sifted(tuple(passed), tuple(limited), _told(longest))


def _told(longest: dict[tuple[str, str], int]) -> tuple[RateLimit, ...]:
    """One limit for all categories of one scope that have as long to wait."""
    categories: dict[tuple[int, str], list[str]] = {}
    for (scope, category), seconds in longest.items():
        categories.setdefault((seconds, scope), []).append(category)
    return tuple(
        RateLimit(seconds, tuple(sorted(names)), scope, REASONS[scope])
        for (seconds, scope), names in sorted(categories.items())
    )
