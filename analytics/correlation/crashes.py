"""Which issue each failed session came from: so that every crash in the numbers points at an issue, or at none known.

A failed session of a known user is explained by an unhandled event of that user in the same release and environment.
Sessions take their event in the order of time, each the nearest one that is still free; ties go to the earlier event,
then to the smaller id. What has no user (a server's counts) can only be counted: it is explained by unhandled events
that no failed session could have taken, each of at most one, shared out over their issues in proportion.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

WINDOW_MS = 5 * 60_000
"""An event is of a session if it happened within it, or at most so long before or after. One clock stamps both, so that
milliseconds would do; but an SDK that sends no time of sending (Python's sessions) is not corrected as its events are,
and a session that was ended by hand may end a while before its process crashes."""


@dataclass(frozen=True, slots=True)
class FailedSession:
    """Times in ms; ``failed_at``: when it was first told to have failed as it did."""

    sid: str
    identity: str
    started: int
    failed_at: int


@dataclass(frozen=True, slots=True)
class UnhandledEvent:
    event_id: str
    issue: str
    identity: str | None
    occurred_at: int


@dataclass(frozen=True, slots=True)
class Explained:
    """``by_issue`` and ``unexplained`` add up to ``total``."""

    total: int = 0
    by_issue: Mapping[str, int] = field(default_factory=dict)
    unexplained: int = 0


def explain(total: int, sessions: Iterable[FailedSession], events: Iterable[UnhandledEvent]) -> Explained:
    """Share ``total`` failed sessions out over issues; ``sessions``: those of them whose user is known."""
    by_user: dict[str, list[FailedSession]] = defaultdict(list)
    for session in sessions:
        by_user[session.identity].append(session)
    theirs: dict[str, list[UnhandledEvent]] = defaultdict(list)
    spare: Counter[str] = Counter()
    for event in events:
        if event.identity in by_user:
            theirs[event.identity].append(event)
        else:
            spare[event.issue] += 1
    found: Counter[str] = Counter()
    for user, failed in by_user.items():
        found.update(_taken(failed, theirs[user]))
    known = sum(len(failed) for failed in by_user.values())
    found.update(shared(max(total - known, 0), spare))
    return Explained(total, dict(sorted(found.items())), total - found.total())


def shared(most: int, spare: Mapping[str, int]) -> dict[str, int]:
    """At most ``most`` in proportion, and no more to an issue than it has (largest remainders, ties by id)."""
    every = sum(spare.values())
    if every <= most:
        return dict(spare)
    parts = {issue: divmod(most * count, every) for issue, count in spare.items()}
    left = most - sum(whole for whole, _ in parts.values())
    first = sorted(parts, key=lambda issue: (-parts[issue][1], issue))[:left]
    return {issue: whole + (issue in first) for issue, (whole, _) in parts.items() if whole or issue in first}


def _taken(sessions: Sequence[FailedSession], events: Sequence[UnhandledEvent]) -> list[str]:
    """The issues of the events that one user's sessions take."""
    ordered = sorted(events, key=lambda event: (event.occurred_at, event.event_id))
    times = [event.occurred_at for event in ordered]
    before, after = _Free(len(ordered), -1), _Free(len(ordered), 1)
    taken = []
    for session in sorted(sessions, key=lambda session: (session.failed_at, session.sid)):
        earliest, latest = session.started - WINDOW_MS, session.failed_at + WINDOW_MS
        middle = bisect_left(times, session.failed_at)
        near = [place for place in (before.next(middle - 1), after.next(middle)) if 0 <= place < len(times)]
        within = [place for place in near if earliest <= times[place] <= latest]
        if within:
            nearest = min(within, key=lambda place: abs(times[place] - session.failed_at))
            taken.append(ordered[nearest].issue)
            before.take(nearest)
            after.take(nearest)
    return taken


class _Free:
    """The next place in a row that nobody took, in one direction; each question shortens the way of the next."""

    def __init__(self, length: int, step: int) -> None:
        self._step = step
        self._to = list(range(length))

    def next(self, place: int) -> int:
        """``place`` itself if it is free; outside of the row if none is."""
        passed = []
        while 0 <= place < len(self._to) and self._to[place] != place:
            passed.append(place)
            place = self._to[place]
        for one in passed:
            self._to[one] = place
        return place

    def take(self, place: int) -> None:
        self._to[place] = place + self._step
