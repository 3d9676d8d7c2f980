"""What browsers report by themselves: what a policy blocked, bad certificates, requests that failed.

Two forms are in use: one object a request, named by its only key (https://www.w3.org/TR/CSP3/, 5.3), and a list that
gives the type and the address of each (https://www.w3.org/TR/reporting-1/).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from api.intake.kinds.context import Context
from api.intake.kinds.events import event_record
from api.intake.kinds.security_events import Report, event_of
from api.intake.limits import MAX_EVENT_BYTES, MAX_ITEMS
from api.intake.opening.envelope import Envelope, Item
from api.intake.opening.reading import Unreadable, read, write
from api.intake.refusal import Refusal, bad_envelope, too_large
from models.ports import NewRecord
from models.wire import fields
from models.wire.times import to_text

ITEM = "security"
"""The item type that the protocol keeps for these."""
ALONE: Mapping[str, str] = {
    "csp-report": "csp",
    "expect-ct-report": "expect-ct",
    "expect-staple-report": "expect-staple",
}
"""The only key of a report that comes alone, to our word for its kind."""
LISTED: Mapping[str, str] = {"csp-violation": "csp", "network-error": "nel"}
"""The type of a report in a list."""
PINS = "known-pins"
"""By this alone a report of key pinning is known (RFC 7469, 3): it has no key around it."""


def parse(body: bytes, query: Iterable[tuple[str, str]], user_agent: str | None) -> Envelope:
    """The reports in ``body``, an item each; the address may name their release and environment. Raises `Refusal`."""
    if len(body) > MAX_EVENT_BYTES:
        raise too_large(ITEM, MAX_EVENT_BYTES)
    asked = dict(query)
    told = {
        "release": asked.get("sentry_release"),
        "environment": asked.get("sentry_environment"),
        "user_agent": user_agent,
    }
    try:
        return Envelope({}, tuple(Item(ITEM, write(told | report)) for report in _reports(read(body))))
    except Unreadable as error:
        raise bad_envelope(f"browser report: {error}") from error


def security_record(payload: dict[str, Any], context: Context) -> NewRecord:
    """The record of one report; raises `Unreadable` for what is none, `Unwanted` for what no release can mend."""
    report = Report(
        kind=payload["kind"] if isinstance(payload.get("kind"), str) else "",
        said=fields.mapping(payload.get("report")),
        url=payload["url"] if isinstance(payload.get("url"), str) else "",
    )
    event = event_of(report) | {
        "timestamp": to_text(context.received_at),
        "release": payload.get("release"),
        "environment": payload.get("environment"),
    }
    if agent := payload.get("user_agent"):
        event["request"] = {**event["request"], "headers": {"User-Agent": agent}}
    return event_record(event, context)


def _reports(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        if len(value) > MAX_ITEMS:
            raise Refusal(413, f"more than {MAX_ITEMS:,} browser reports")
        for one in map(fields.mapping, value):
            kind, agent = one.get("type"), one.get("user_agent")
            known = LISTED.get(kind, kind) if isinstance(kind, str) else ""
            told = {"kind": known, "report": one.get("body"), "url": one.get("url")}
            yield told | ({"user_agent": agent} if agent else {})
    elif isinstance(value, dict):
        yield from ({"kind": kind, "report": value[name]} for name, kind in ALONE.items() if name in value)
        if PINS in value:
            yield {"kind": "hpkp", "report": value}
        elif not value.keys() & ALONE.keys():
            message = f"expected one of {', '.join((*ALONE, PINS))}"
            raise Unreadable(message)
    else:
        message = f"expected a JSON object or a list, got {type(value).__name__}"
        raise Unreadable(message)
