"""The messages on the topics, as `interfaces.md` fixes them: one struct a topic.

Fields that only intake adds are ``identity`` (a hashed user), ``received_at`` and ``sent_at`` (RFC 3339), and
``scrubbed`` (how often each rule found something). Unknown fields are ignored, so that a producer of a later version is
understood.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Environment = Annotated[str, Meta(min_length=1, max_length=64)]
Identifier = Annotated[str, Meta(min_length=1, max_length=200)]
Identity = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Scrubbed = dict[Annotated[str, Meta(max_length=40)], Count]
EventId = Annotated[str, Meta(pattern="^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$")]

DeployState = Literal["started", "succeeded", "failed", "rolled_back"]
Label = Literal["correct", "false_alarm", "missed", "not_caused_by_release"]


class Commit(Struct, frozen=True, kw_only=True):
    id: str
    message: str = ""
    author: str = ""
    at: str | None = None
    files: list[str] = []


class DeployMessage(Struct, frozen=True, kw_only=True):
    project: Name
    environment: Environment
    release: Name
    state: DeployState = "succeeded"
    at: str | None = None
    id: Identifier | None = None
    exposure: Annotated[float, Meta(ge=0, le=1)] | None = None
    replaces: Name | None = None
    url: str | None = None
    name: Annotated[str, Meta(max_length=64)] | None = None
    by: str | None = None
    irreversible: bool = False
    commits: list[Commit] = []
    scrubbed: Scrubbed | None = None


class ErrorMessage(Struct, frozen=True, kw_only=True):
    project: Name
    event: dict[str, Any]
    identity: Identity | None = None
    received_at: str | None = None
    sent_at: str | None = None
    scrubbed: Scrubbed | None = None


class Aggregate(Struct, frozen=True, kw_only=True):
    """One minute of sessions already counted by the SDK; the counts are disjoint."""

    started: str | float
    did: str | None = None
    exited: Count = 0
    errored: Count = 0
    abnormal: Count = 0
    unhandled: Count = 0
    crashed: Count = 0


class Attributes(Struct, frozen=True, kw_only=True):
    release: Name
    environment: Environment = "production"
    ip_address: str | None = None
    user_agent: str | None = None
    segments: dict[str, str] = {}
    """Values of the segments that the project's settings name (``country``, ``plan``), by the segment's name."""


class SessionUpdate(Struct, frozen=True, kw_only=True):
    sid: Annotated[str, Meta(min_length=1, max_length=64)]
    started: str | float
    attrs: Attributes
    did: str | int | None = None
    timestamp: str | float | None = None
    status: str = "ok"
    errors: Count = 0
    init: bool = False
    duration: float | None = None


class SessionMessage(Struct, frozen=True, kw_only=True):
    """Either ``session``, or ``aggregates`` with ``attrs`` and an ``id``."""

    project: Name
    session: SessionUpdate | None = None
    aggregates: list[Aggregate] | None = None
    attrs: Attributes | None = None
    id: Identifier | None = None
    identity: Identity | None = None
    received_at: str | None = None
    sent_at: str | None = None


class FeedbackMessage(Struct, frozen=True, kw_only=True):
    project: Name
    message: Annotated[str, Meta(min_length=1, max_length=8192)]
    id: Identifier | None = None
    release: Name | None = None
    environment: Environment | None = None
    event_id: EventId | None = None
    session_id: str | None = None
    user: str | dict[str, Any] | None = None
    rating: Annotated[int, Meta(ge=1, le=5)] | None = None
    source: str | None = None
    url: str | None = None
    at: str | None = None
    language: str | None = None
    characters: Count | None = None
    """How many were written, where ``message`` is cut."""
    identity: Identity | None = None
    received_at: str | None = None
    scrubbed: Scrubbed | None = None


class OutcomeMessage(Struct, frozen=True, kw_only=True):
    project: Name
    label: Label
    id: Identifier | None = None
    decision: str | None = None
    release: Name | None = None
    environment: Environment | None = None
    reason: str | None = None
    by: str | None = None
    scrubbed: Scrubbed | None = None


class LedgerCount(Struct, frozen=True, kw_only=True):
    category: str
    fate: str
    count: Count


class LedgerMessage(Struct, frozen=True, kw_only=True):
    """What intake did with the items of a project, summed over a second."""

    project: Name
    id: Identifier
    counts: list[LedgerCount]


class DeadLetterMessage(Struct, frozen=True, kw_only=True):
    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    payload: str
    """Base64 of the scrubbed message, cut to 4,096 bytes before encoding."""


def decoder(kind: type[Struct]) -> msgspec.json.Decoder[Any]:
    """A reusable decoder; building one costs more than decoding a message."""
    return msgspec.json.Decoder(kind)
