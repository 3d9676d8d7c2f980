"""What users write: the `feedback` item and its predecessor, the `user_report`.

Their names and e-mail addresses are not kept; the identity joins what they wrote to their sessions and errors.
"""

from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from api.intake.kinds.context import Context
from api.intake.kinds.events import told, user_identity
from api.intake.kinds.records import record
from api.intake.limits import FUTURE_MS, MAX_MESSAGE_CHARACTERS
from api.intake.opening.reading import Unreadable
from models.ports import NewRecord
from models.wire import fields
from models.wire.scrubbing.scrubber import Scrubber, scrubber
from models.wire.times import to_text
from models.wire.topics import FEEDBACK

KIND = "seatrial.feedback.v1"
LONGEST_URL = 2_000
LONGEST_SOURCE = 100


def feedback_record(item: dict[str, Any], context: Context) -> NewRecord:
    """The record of a `feedback` item; raises `Unreadable` if it says nothing."""
    said = fields.mapping(fields.mapping(item.get("contexts")).get("feedback"))
    identifier = context.event_id or fields.event_id(item.get("event_id")) or uuid4().hex
    scrub, found = scrubber(context.keys.settings.scrubbing), Counter[str]()
    at = context.milliseconds(item.get("timestamp"))
    url = said.get("url") or fields.mapping(item.get("request")).get("url")
    details = _message(said.get("message"), scrub, found) | {
        "release": fields.release(item.get("release")),
        "environment": fields.environment(item.get("environment")),
        "event_id": fields.event_id(said.get("associated_event_id")),
        "identity": user_identity(_with_contact(item, said), context),
        "url": scrub.text(url[:LONGEST_URL], found) if isinstance(url, str) else None,
        "source": said["source"][:LONGEST_SOURCE] if isinstance(said.get("source"), str) else "sdk",
        "at": to_text(context.received_at if at is None or at > context.received_at + FUTURE_MS else at),
    }
    return _record(identifier, details | told(found), context)


def user_report_record(report: dict[str, Any], context: Context) -> NewRecord:
    """The record of a `user_report`; its release and environment are its event's, which the report does not know.

    It has no id of its own, so that is a hash of project, event and text: sent twice, it counts once. Raises
    `Unreadable` for one that says nothing, or of nothing.
    """
    event_id = fields.event_id(report.get("event_id")) or context.event_id
    if event_id is None:
        message = "the report names no event: set `event_id`"
        raise Unreadable(message)
    found = Counter[str]()
    said = _message(report.get("comments"), scrubber(context.keys.settings.scrubbing), found)
    identifier = blake2b(f"{context.project}\n{event_id}\n{said['message']}".encode(), digest_size=16).hexdigest()
    details = said | {
        "event_id": event_id,
        "identity": context.identity(report.get("email")),
        "source": "user_report",
        "at": to_text(context.received_at),
    }
    return _record(identifier, details | told(found), context)


def _with_contact(item: dict[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """The item with the address that was left in the form as its user's, where the user has none."""
    user = fields.mapping(item.get("user"))
    return item | {"user": {**user, "email": user.get("email") or said.get("contact_email")}}


def _record(identifier: str, details: dict[str, Any], context: Context) -> NewRecord:
    known = {name: value for name, value in details.items() if value is not None}
    value = {"project": context.project, "id": identifier, **known, **context.stamps()}
    return record(FEEDBACK, KIND, identifier, identifier, value, context.received_at)


def _message(value: object, scrub: Scrubber, found: Counter[str]) -> dict[str, Any]:
    """What was written and, where that is cut, how many ``characters`` it had. Raises `Unreadable` for nothing."""
    if not isinstance(value, str) or not value.strip():
        message = "the feedback has no message"
        raise Unreadable(message)
    text = value.strip()
    kept = {"message": scrub.text(text[:MAX_MESSAGE_CHARACTERS], found)[:MAX_MESSAGE_CHARACTERS]}
    return kept | ({"characters": len(text)} if len(text) > MAX_MESSAGE_CHARACTERS else {})
