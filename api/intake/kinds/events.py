"""Events: what the log gets of an error that an SDK reports."""

from collections import Counter
from typing import Any
from uuid import uuid4

import msgspec

from api.intake.kinds.context import Context
from api.intake.kinds.records import record
from api.intake.opening.reading import Unreadable, write
from models.domain.identity import hash_identity
from models.ports import NewRecord
from models.wire import fields
from models.wire.canonical import users
from models.wire.canonical.event import Arrival, understand
from models.wire.scrubbing.scrubber import Found, scrubber
from models.wire.topics import ERRORS

KIND = "seatrial.error.v1"


def event_record(event: dict[str, Any], context: Context) -> NewRecord:
    """The record of an event payload; raises `Refusal` or `Unreadable`."""
    try:
        return _record(event, context)
    except RecursionError as error:
        message = "nested too deeply"
        raise Unreadable(message) from error


def _record(event: dict[str, Any], context: Context) -> NewRecord:
    event_id = context.event_id or fields.event_id(event.get("event_id")) or uuid4().hex
    understood = understand(event, arrival(event_id, context))
    encoded, found = write(understood.event), Counter[str]()
    scrubbed = scrubber(context.keys.settings.scrubbing).event(understood.event, encoded, found)
    value = {"project": context.project, "event": msgspec.Raw(write(scrubbed) if found else encoded)}
    if understood.identity is not None:
        value["identity"] = understood.identity
    return record(ERRORS, KIND, event_id, event_id, value | told(found) | context.stamps(), context.received_at)


def arrival(event_id: str, context: Context) -> Arrival:
    return Arrival(event_id, context.received_at, context.keys.identity_key, context.drift, context.address)


def user_identity(item: dict[str, Any], context: Context) -> str | None:
    """The hash of what an item's user is known by."""
    known = users.known_in(item, context.address)
    return hash_identity(context.keys.identity_key, known) if known else None


def told(found: Found) -> dict[str, Any]:
    """What was scrubbed, for a wire value: how often each rule found something. Nothing where none did."""
    return {"scrubbed": dict(found)} if found else {}
