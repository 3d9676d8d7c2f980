"""One item of an envelope: a record for the log, or the reason why it is none."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from api.intake.kinds.client_reports import dropped
from api.intake.kinds.context import Context
from api.intake.kinds.events import event_record
from api.intake.kinds.feedback import feedback_record, user_report_record
from api.intake.kinds.security import security_record
from api.intake.kinds.sessions import aggregates_record, session_record
from api.intake.limits import (
    MAX_CLIENT_REPORT_BYTES,
    MAX_CLIENT_REPORTS,
    MAX_EVENT_BYTES,
    MAX_SECURITY_REPORTS,
    MAX_SESSIONS,
)
from api.intake.opening.envelope import Item
from api.intake.opening.reading import Unreadable, read_object
from api.intake.refusal import Refusal, Unwanted, bad_envelope, too_large
from models.domain.ledger import Category, Fate
from models.ports import NewRecord


@dataclass(frozen=True, slots=True)
class Taken:
    """An item for the log."""

    category: Category
    record: NewRecord


@dataclass(frozen=True, slots=True)
class Settled:
    """Items whose fate intake decides. ``refusal`` is what the client is told if nothing else of it was taken."""

    category: Category
    fate: Fate
    count: int = 1
    refusal: Refusal | None = None


Result: TypeAlias = Taken | Settled
Reader: TypeAlias = Callable[[dict[str, Any], Context], NewRecord]

KEPT: Mapping[str, tuple[Category, Reader]] = {
    "event": (Category.ERROR, event_record),
    "session": (Category.SESSION, session_record),
    "sessions": (Category.SESSION, aggregates_record),
    "feedback": (Category.FEEDBACK, feedback_record),
    "user_report": (Category.FEEDBACK, user_report_record),
    "security": (Category.ERROR, security_record),
}
CLIENT_REPORT = "client_report"
AT_MOST: Mapping[str, int] = {
    "event": 1,
    "feedback": 1,
    "session": MAX_SESSIONS,
    "security": MAX_SECURITY_REPORTS,
    CLIENT_REPORT: MAX_CLIENT_REPORTS,
}
"""How many of one type an envelope may hold (envelopes.mdx; Relay's limits). Only those beyond are invalid."""
SILENT = frozenset({Category.SESSION})
"""Invalid sessions are dropped without a word, as Relay does: nobody can mend a session that has passed."""


def settle(items: tuple[Item, ...], context: Context) -> Iterator[Result]:
    """What becomes of each item; never raises for an item's content."""
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.kind] += 1
        beyond = seen[item.kind] > AT_MOST.get(item.kind, len(items))
        if item.kind == CLIENT_REPORT:
            yield from (Settled(Category.OTHER, Fate.INVALID),) if beyond else _report(item)
        elif item.kind not in KEPT:
            yield Settled(Category.OTHER, Fate.FILTERED)
        elif beyond:
            yield Settled(KEPT[item.kind][0], Fate.INVALID)
        else:
            yield _take(item, context)


def _take(item: Item, context: Context) -> Result:
    category, reader = KEPT[item.kind]
    try:
        if len(item.payload) > MAX_EVENT_BYTES:
            raise too_large(item.kind, MAX_EVENT_BYTES)
        payload = read_object(item.payload)
        said = payload.get("type") if item.kind == "event" else None
        if said == "transaction":
            return Settled(Category.OTHER, Fate.FILTERED)
        if said == "feedback":  # as clients send it that have no item of its own for it
            category, reader = KEPT["feedback"]
        return Taken(category, reader(payload, context))
    except Unwanted:
        return Settled(category, Fate.FILTERED)
    except Refusal as refusal:
        return Settled(category, Fate.INVALID, refusal=refusal)
    except Unreadable as error:
        told = None if category in SILENT else bad_envelope(f"{item.kind}: {error}")
        return Settled(category, Fate.INVALID, refusal=told)


def _report(item: Item) -> Iterator[Settled]:
    if len(item.payload) > MAX_CLIENT_REPORT_BYTES:
        refusal = too_large(item.kind, MAX_CLIENT_REPORT_BYTES)
        yield Settled(Category.OTHER, Fate.INVALID, refusal=refusal)
        return
    try:
        counts = dropped(read_object(item.payload))
    except Unreadable:
        yield Settled(Category.OTHER, Fate.INVALID)
        return
    for category, count in counts.items():
        yield Settled(category, Fate.DROPPED_BY_CLIENT, count)
