"""Events: what the log gets of an error that an SDK reports."""

from typing import Any
from uuid import uuid4

import msgspec

from api.intake import fields
from api.intake.context import Context
from api.intake.limits import FUTURE_MS, OLDEST_EVENT_MS
from api.intake.reading import write
from api.intake.records import record
from api.intake.scrubbing import scrub
from models.ports import NewRecord
from models.wire.times import to_text
from models.wire.topics import ERRORS

KIND = "seatrial.error.v1"
PERSONAL = frozenset({"id", "email", "username", "name", "ip_address"})
"""What the identity replaces; the rest of `user` (a plan, a segment) is kept."""
KNOWN_BY = ("id", "email", "username")


def event_record(event: dict[str, Any], context: Context) -> NewRecord:
    """The record of an event payload; raises `Refusal` or `Unreadable`."""
    identity = user_identity(event, context)
    normal = normalise(event, context, identity)
    encoded = write(normal)
    scrubbed = scrub(normal, encoded).value
    value = {"project": context.project, "event": msgspec.Raw(encoded if scrubbed is normal else write(scrubbed))}
    if identity is not None:
        value["identity"] = identity
    event_id = normal["event_id"]
    return record(ERRORS, KIND, event_id, event_id, value | context.stamps(), context.received_at)


def user_identity(event: dict[str, Any], context: Context) -> str | None:
    """The user's hash: of the id, else e-mail, name, network address."""
    user = fields.mapping(event.get("user"))
    for name in KNOWN_BY:
        if identity := context.identity(user.get(name)):
            return identity
    return context.identity(fields.address(user.get("ip_address") or _inferred(event), context.address))


def normalise(event: dict[str, Any], context: Context, identity: str | None) -> dict[str, Any]:
    """The event with a canonical id, time, release and environment, and its user known by the hash alone.

    What could not be understood is set right and listed in ``errors``; an event is never lost for its content.
    """
    normal = dict(event)
    faults: list[dict[str, str]] = []
    normal["event_id"] = context.event_id or fields.event_id(event.get("event_id")) or uuid4().hex
    normal["timestamp"] = _timestamp(event, context, faults)
    normal["release"] = _checked(event, "release", fields.release(event.get("release")), faults)
    environment = _checked(event, "environment", fields.environment(event.get("environment")), faults)
    normal["environment"] = environment or fields.DEFAULT_ENVIRONMENT
    normal["user"] = _user(fields.mapping(event.get("user")), identity)
    if faults:
        told = event.get("errors")
        normal["errors"] = [*(told if isinstance(told, list) else []), *faults]
    return normal


def _timestamp(event: dict[str, Any], context: Context, faults: list[dict[str, str]]) -> str:
    time = context.milliseconds(event.get("timestamp"))
    if time is None:
        if event.get("timestamp") is not None:
            faults.append({"type": "invalid_data", "name": "timestamp"})
        return to_text(context.received_at)
    if context.drift:
        faults.append({"type": "clock_drift", "name": "timestamp"})
    if time > context.received_at + FUTURE_MS:
        faults.append({"type": "future_timestamp", "name": "timestamp"})
        return to_text(context.received_at)
    if time < context.received_at - OLDEST_EVENT_MS:
        faults.append({"type": "past_timestamp", "name": "timestamp"})
        return to_text(context.received_at)
    return to_text(time)


def _checked(event: dict[str, Any], name: str, value: str | None, faults: list[dict[str, str]]) -> str | None:
    if value is None and event.get(name) not in (None, ""):
        faults.append({"type": "invalid_data", "name": name})
    return value


def _user(user: Any, identity: str | None) -> dict[str, Any] | None:
    kept = {name: value for name, value in user.items() if name not in PERSONAL}
    if identity is not None:
        kept["id"] = identity
    return kept or None


def _inferred(event: dict[str, Any]) -> str | None:
    """Browser SDKs ask the receiver to infer the address, unless they are told to leave it."""
    settings = fields.mapping(fields.mapping(event.get("sdk")).get("settings"))
    return fields.AUTOMATIC if settings.get("infer_ip") == "auto" else None
