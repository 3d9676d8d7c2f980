"""A record of a topic to its typed message, or to a dead letter with its reason and place. Pure; never raises."""

import contextlib
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from models.ports import Record
from models.wire import cdevents, cloudevents, messages, topics
from models.wire.cloudevents import Attributes

VALUE_BYTES = 2 * 1024 * 1024
"""Twice the largest event that intake takes (1 MiB): room for what a direct producer adds."""

KINDS: dict[str, type[Struct]] = {
    topics.DEPLOYS: messages.DeployMessage,
    topics.ERRORS: messages.ErrorMessage,
    topics.SESSIONS: messages.SessionMessage,
    topics.FEEDBACK: messages.FeedbackMessage,
    topics.OUTCOMES: messages.OutcomeMessage,
    topics.LEDGER: messages.LedgerMessage,
}
DECODERS = {topic: messages.decoder(kind) for topic, kind in KINDS.items()}
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What the decoder raises for text that is not JSON, not UTF-8, or nested too deep, wrong values included."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message with where it stood in the log. ``booked_at`` is its booking time in ms."""

    record: Record
    booked_at: int
    attributes: Attributes
    message: Any

    @property
    def minute(self) -> int:
        return self.booked_at // 60_000

    @property
    def position(self) -> str:
        """What identifies a message that carries no id of its own; it does not protect against a producer's retries."""
        return f"{self.record.partition.topic}/{self.record.partition.number}/{self.record.offset}"

    def identifier(self, own: str | None) -> str:
        """What makes two deliveries the same thing: its own id, else the producer's, else where it stands."""
        return own or self.attributes.id or self.position

    @property
    def project(self) -> str:
        return str(self.message.project)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    record: Record
    booked_at: int
    attributes: Attributes
    project: str
    """Empty where the message named none."""
    reason: str
    detail: str


class _Refused(Exception):
    """Why a message cannot be read: a reason word, a sentence with the place, and the project where it is known."""


def decode(record: Record, booked_at: int) -> Delivery | DeadLetter:
    attributes = cloudevents.attributes(record.headers)
    try:
        attributes, message = _decode(record, attributes)
    except _Refused as refused:
        reason, detail, project = refused.args
        return DeadLetter(record, booked_at, attributes, project or _project_of_key(record), reason, detail)
    return Delivery(record, booked_at, attributes, message)


def _decode(record: Record, attributes: Attributes) -> tuple[Attributes, Any]:
    value, topic = record.value, record.partition.topic
    if topic not in KINDS:
        raise _Refused("unknown_topic", f"$: nothing is known of messages on {topic}", "")
    if value is None:
        raise _Refused("invalid", "$: the message has no value", "")
    if len(value) > VALUE_BYTES:
        raise _Refused("too_large", f"$: {len(value)} bytes, and {VALUE_BYTES} is the most that is taken", "")
    if not attributes.structured and topic != topics.DEPLOYS:
        with contextlib.suppress(*UNREADABLE):
            return attributes, DECODERS[topic].decode(value)
    return _decode_open(record, attributes, _json(value))


def _decode_open(record: Record, attributes: Attributes, value: Any) -> tuple[Attributes, Any]:
    """The slow way, for values that are wrapped, in another tool's words, or wrong: it knows what is wrong."""
    if attributes.structured:
        if not isinstance(value, dict):
            raise _Refused("invalid", "$: a structured CloudEvent is a JSON object", "")
        attributes, value = cloudevents.unwrap(value)
    if not isinstance(value, dict):
        raise _Refused("invalid", "$: expected a JSON object", "")
    project = value.get("project") or _project_of_key(record)
    if not isinstance(project, str) or not project:
        raise _Refused("no_project", "$.project: missing, and the key has no text before a colon", "")
    topic = record.partition.topic
    try:
        if topic == topics.DEPLOYS and cdevents.is_foreign(value):
            value = cdevents.deploy(value)
        return attributes, msgspec.convert(value | {"project": project}, KINDS[topic])
    except cdevents.NotADeploy as error:
        raise _Refused("invalid", str(error), project) from None
    except msgspec.ValidationError as error:
        raise _Refused("invalid", _place(error), project) from None


def _json(value: bytes) -> Any:
    try:
        return msgspec.json.decode(value)
    except msgspec.ValidationError as error:
        raise _Refused("invalid", _place(error), "") from None
    except UNREADABLE as error:
        raise _Refused("not_json", f"$: {error}", "") from None


def _project_of_key(record: Record) -> str:
    key = (record.key or b"").decode("utf-8", "replace")
    return key.partition(":")[0] if ":" in key else ""


def _place(error: msgspec.ValidationError) -> str:
    """``$.session.started: Expected `str`, got `bool` `` from msgspec's own wording."""
    text, _, place = str(error).partition(" - at `")
    return f"{place.rstrip('`') or '$'}: {text}"
