"""Messages as they arrive by HTTP, to records of their topic: validated, without secrets, users known by a hash alone.

What is taken is what the consumers take of a direct producer (`consumers/decoding.py`), and CDEvents too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import uuid4

import msgspec
from msgspec import Struct

from api.intake.context import Context
from api.intake.events import user_identity
from api.intake.records import record
from api.intake.refusal import Refusal
from api.intake.scrubbing import scrub_text
from api.problems import Problem
from api.rest.bodies import Part
from models.domain.ledger import Category
from models.ports import NewRecord
from models.wire import cdevents, messages, topics
from models.wire.times import to_milliseconds

ONLY_OURS = ("identity", "received_at", "sent_at")
"""What intake alone may say; of a client it is not taken."""

Finish: TypeAlias = Callable[[dict[str, Any], Context, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A topic that HTTP takes messages for. ``finish`` gives the value for the log, of the message, context and id."""

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
    except msgspec.ValidationError as error:
        raise _invalid(error, part.place) from None
    told = _without_nothing(msgspec.to_builtins(message))
    if "at" in told and to_milliseconds(told["at"]) is None:
        raise Problem(422, "`at` is no time", "Write RFC 3339, as in 2026-11-22T14:41:00Z.", place=f"{part.place}.at")
    identifier = told.get("id") or part.identifier or uuid4().hex
    return Submitted(identifier, kind.finish(told, context, part.place) | _id(kind, identifier), part.place)


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


def _without_nothing(value: dict[str, Any]) -> dict[str, Any]:
    return {name: inner for name, inner in value.items() if inner is not None and inner != []}


def _deploy(told: dict[str, Any], _context: Context, place: str) -> dict[str, Any]:
    for name in ("release", "environment"):
        if not told[name].strip():
            raise Problem(422, f"`{name}` is blank", "Name it.", place=f"{place}.{name}")
    commits = [commit | {"message": scrub_text(commit["message"])} for commit in told.get("commits", [])]
    return _scrubbed(told, "url") | ({"commits": commits} if commits else {})


def _feedback(told: dict[str, Any], context: Context, place: str) -> dict[str, Any]:
    message = told["message"].strip()
    if not message:
        raise Problem(422, "The feedback says nothing", "Write something into `message`.", place=f"{place}.message")
    user = told.pop("user", None)
    identity = user_identity({"user": user}, context) if isinstance(user, dict) else context.identity(user)
    known = {"identity": identity} if identity else {}
    return _scrubbed(told | {"message": message}, "message", "url", "source") | known | context.stamps()


def _outcome(told: dict[str, Any], _context: Context, place: str) -> dict[str, Any]:
    if "decision" not in told and "release" not in told:
        raise Problem(
            422, "The outcome is of nothing", "Name a `decision`, or a `release` with its `environment`.", place=place
        )
    return _scrubbed(told, "reason", "by")


def _scrubbed(told: dict[str, Any], *names: str) -> dict[str, Any]:
    """Only what people write freely is looked through: a release that looks like a card's number stays a release."""
    return told | {name: scrub_text(told[name]) for name in names if name in told}


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
