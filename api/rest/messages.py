"""Messages as they arrive by HTTP, to records of their topic: validated, without secrets, users known by a hash alone.

What is taken is what the consumers take of a direct producer (`consumers/decoding.py`), and CDEvents too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import uuid4

import msgspec
from msgspec import Struct

from api.intake.kinds.context import Context
from api.intake.kinds.records import record
from api.intake.refusal import Refusal
from api.problems import Problem
from api.rest.bodies import Part
from models.domain.ledger import Category
from models.ports import NewRecord
from models.wire import cdevents, messages, topics
from models.wire.canonical import messages as canonical
from models.wire.canonical.messages import Unacceptable
from models.wire.scrubbing.scrubber import Scrubber, scrubber
from models.wire.times import to_milliseconds

ONLY_OURS = ("identity", "received_at", "sent_at", "scrubbed")
"""What intake alone may say; of a client it is not taken."""

Finish: TypeAlias = Callable[[Any, Context], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A topic that HTTP takes messages for. ``finish`` gives the value for the log; it raises `Unacceptable`."""

    topic: str
    ce_type: str
    category: Category
    message: type[Struct]
    entity: Callable[[Mapping[str, Any]], str]
    finish: Finish


@dataclass(frozen=True, slots=True)
class Submitted:
    """A message for the log, with the id that its sender is told and its place in the body."""

    identifier: str
    value: dict[str, Any]
    place: str


def read(part: Part, kind: Kind, context: Context) -> Submitted:
    """One message; raises `Problem` (422) with its place."""
    value = {name: inner for name, inner in _own(part, kind).items() if name not in ONLY_OURS}
    if value.get("project", context.project) != context.project:
        detail = f"The address is of {context.project!r}: leave `project` out, or send it to its own address."
        raise Problem(422, "The message is of another project", detail, place=f"{part.place}.project")
    try:
        message = msgspec.convert(value | {"project": context.project}, kind.message)
        told = kind.finish(message, context)
    except msgspec.ValidationError as error:
        raise _invalid(error, part.place) from None
    except Unacceptable as fault:
        place = f"{part.place}.{fault.place}" if fault.place else part.place
        raise Problem(422, fault.title, f"{fault.fix[0].upper()}{fault.fix[1:]}.", place=place) from None
    if "at" in told and to_milliseconds(told["at"]) is None:
        raise Problem(422, "`at` is no time", "Write RFC 3339, as in 2026-11-22T14:41:00Z.", place=f"{part.place}.at")
    identifier = told.get("id") or part.identifier or uuid4().hex
    return Submitted(identifier, told | _id(kind, identifier), part.place)


def to_record(submitted: Submitted, kind: Kind, received_at: int) -> NewRecord:
    """Raises `Problem` (413) for more than the log takes at once."""
    entity = kind.entity(submitted.value) or submitted.identifier
    try:
        return record(kind.topic, kind.ce_type, entity, submitted.identifier, submitted.value, received_at)
    except Refusal as refusal:
        detail = f"{'; '.join(refusal.causes)} for one message."
        raise Problem(413, "The message is too large", detail, place=submitted.place) from None


def _own(part: Part, kind: Kind) -> Mapping[str, Any]:
    if kind.topic != topics.DEPLOYS or not cdevents.is_foreign(part.value):
        return dict(part.value)
    try:
        return cdevents.deploy(part.value)
    except cdevents.NotADeploy as error:
        place, _, text = str(error).partition(": ")
        raise Problem(422, "The event is no deploy", text, place=place.replace("$", part.place, 1)) from None


def _id(kind: Kind, identifier: str) -> dict[str, str]:
    """A deploy without an id of its own has none: it is known by its release (architecture.md, "Deploy")."""
    return {} if kind.topic == topics.DEPLOYS else {"id": identifier}


def _invalid(error: msgspec.ValidationError, place: str) -> Problem:
    """As msgspec tells: ``Expected `str`, got `int` - at `$.release` ``, or names the missing field."""
    text, _, inner = str(error).partition(" - at `")
    where = (inner.rstrip("`") or "$").replace("$", place, 1)
    detail = f"{text}. See /api/v1/schemas/ for what a message holds."
    return Problem(422, "The message is not valid", detail, place=where)


def _deploy(message: Any, context: Context) -> dict[str, Any]:
    return _told(canonical.deploy(message, _scrubber(context)))


def _feedback(message: Any, context: Context) -> dict[str, Any]:
    made = canonical.feedback(message, context.keys.identity_key, _scrubber(context), context.address)
    return _told(made) | context.stamps()


def _outcome(message: Any, context: Context) -> dict[str, Any]:
    if not message.decision and not message.release:
        fix = "name a `decision`, or a `release` with its `environment`"
        raise Unacceptable("", "The outcome is of nothing", fix)
    return _told(canonical.outcome(message, _scrubber(context)))


def _scrubber(context: Context) -> Scrubber:
    return scrubber(context.keys.settings.scrubbing)


def _told(message: Struct) -> dict[str, Any]:
    """What the message says: neither nulls nor empty lists."""
    value = msgspec.to_builtins(message)
    return {name: inner for name, inner in value.items() if inner is not None and inner != []}


KINDS: Mapping[str, Kind] = {
    "deploys": Kind(
        topics.DEPLOYS,
        "seatrial.deploy.v1",
        Category.DEPLOY,
        messages.DeployMessage,
        lambda value: f"{value['environment']}:{value['release']}",
        _deploy,
    ),
    "feedback": Kind(
        topics.FEEDBACK,
        "seatrial.feedback.v1",
        Category.FEEDBACK,
        messages.FeedbackMessage,
        lambda value: str(value["id"]),
        _feedback,
    ),
    "outcomes": Kind(
        topics.OUTCOMES,
        "seatrial.outcome.v1",
        Category.OUTCOME,
        messages.OutcomeMessage,
        lambda value: str(value.get("decision", "")),
        _outcome,
    ),
}
