"""An event of any shape that SDKs send, in canonical form (sentry-protocol.md, 2.1). Pure.

An event is never lost for its content: what cannot be taken as it is, is set right or left out, and told in ``errors``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.domain.identity import hash_identity
from models.wire import fields
from models.wire.canonical import users
from models.wire.canonical.exceptions import exceptions, with_stack
from models.wire.canonical.extras import extras
from models.wire.canonical.faults import Faults
from models.wire.canonical.kinds import TABLE, TEXT, listed, of_kinds
from models.wire.canonical.labels import fingerprint, kind, level, platform
from models.wire.canonical.logentry import logentry
from models.wire.canonical.moments import moment
from models.wire.canonical.stacks import stack
from models.wire.canonical.tags import tags
from models.wire.times import to_text

EVENT = {
    **dict.fromkeys(("transaction", "logger", "server_name", "dist", "culprit"), TEXT),
    **dict.fromkeys(("request", "sdk", "modules", "contexts", "extra"), TABLE),
}
READ = frozenset({
    "event_id", "timestamp", "message", "logentry", "exception", "stacktrace", "threads", "breadcrumbs", "tags", "user",
    "fingerprint", "errors",
})  # fmt: skip
"""What is made anew here, or is not there."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What receiving an event tells about it."""

    event_id: str
    """The one that it has, or was given: 32 lower-case hexadecimal characters."""
    received_at: int
    """ms since the epoch, UTC."""
    identity_key: bytes
    """Hashes the project's users."""
    drift: int = 0
    """What to add to the client's times, in ms."""
    address: str | None = None
    """The client's own."""


@dataclass(frozen=True, slots=True)
class Understood:
    event: dict[str, Any]
    identity: str | None
    """The hash of what its user is known by, which stands in the user's place."""


def understand(event: dict[str, Any], arrival: Arrival) -> Understood:
    """The event in canonical form; never raises but for JSON that is nested too deeply (`RecursionError`)."""
    faults = Faults()
    known = users.known_in(event, arrival.address)
    identity = hash_identity(arrival.identity_key, known) if known else None
    mended = of_kinds(event, EVENT, "", faults)
    normal = {name: value for name, value in mended.items() if name not in READ}
    _identify(normal, event, arrival, faults)
    normal |= _named(event, faults)
    normal |= _raised(event, faults)
    normal["type"] = kind(event.get("type"), raised="exception" in normal)
    parts = {
        "logentry": logentry(event, faults),
        "user": _user(event.get("user"), identity, faults),
        "tags": tags(event.get("tags"), faults),
        "fingerprint": fingerprint(event.get("fingerprint"), faults),
        "breadcrumbs": _values(event.get("breadcrumbs"), "breadcrumbs", faults),
        "contexts": _contexts(mended.get("contexts"), faults),
        "extra": extras(mended.get("extra") or {}, faults),
    }
    for name, value in parts.items():
        if value:
            normal[name] = value
        else:
            normal.pop(name, None)
    told = event.get("errors")
    if errors := [*(told if isinstance(told, list) else ()), *faults.entries()]:
        normal["errors"] = errors
    return Understood(normal, identity)


def _identify(normal: dict[str, Any], event: Mapping[str, Any], arrival: Arrival, faults: Faults) -> None:
    normal["event_id"] = arrival.event_id
    if event.get("event_id") is not None and fields.event_id(event["event_id"]) is None:
        faults.add("invalid_data", "event_id")
    normal["timestamp"] = to_text(moment(event.get("timestamp"), arrival.received_at, arrival.drift, faults))


def _named(event: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    release, environment = fields.release(event.get("release")), fields.environment(event.get("environment"))
    for name, found in (("release", release), ("environment", environment)):
        if found is None and event.get(name) not in (None, ""):
            faults.add("invalid_data", name)
    return {
        "release": release,
        "environment": environment or fields.DEFAULT_ENVIRONMENT,
        "level": level(event.get("level"), faults),
        "platform": platform(event.get("platform"), faults),
    }


def _raised(event: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """Exceptions, threads, and a stack that belongs to neither."""
    found = exceptions(event.get("exception"), faults)
    outer = stack(event.get("stacktrace"), "stacktrace", faults)
    joined = with_stack(found, outer)
    raised: dict[str, Any] = {"exception": {"values": joined or found}} if found else {}
    if outer is not None and joined is None:
        raised["stacktrace"] = outer
    if threads := _values(event.get("threads"), "threads", faults):
        raised["threads"] = {"values": [_thread(each, n, faults) for n, each in enumerate(threads["values"])]}
    return raised


def _thread(thread: dict[str, Any], number: int, faults: Faults) -> dict[str, Any]:
    if "stacktrace" not in thread:
        return thread
    found = stack(thread["stacktrace"], f"threads.values.{number}.stacktrace", faults)
    return {name: value for name, value in thread.items() if name != "stacktrace"} | (
        {"stacktrace": found} if found else {}
    )


def _user(given: object, identity: str | None, faults: Faults) -> dict[str, Any] | None:
    if given is not None and not isinstance(given, dict):
        faults.add("invalid_data", "user")
    return users.user(given, identity)


def _contexts(given: dict[str, Any] | None, faults: Faults) -> dict[str, Any]:
    kept = {}
    for name, context in (given or {}).items():
        if isinstance(context, dict):
            kept[name] = context
        elif context is not None:
            faults.add("invalid_data", f"contexts.{name}")
    return kept


def _values(given: object, place: str, faults: Faults) -> dict[str, Any] | None:
    values = [value for value in listed(given, place, faults) if isinstance(value, dict) and value]
    return {"values": values} if values else None
