"""Session updates and aggregates of sessions: checked, made canonical, their users hashed (sentry-protocol.md, 2.2)."""

from typing import Any
from uuid import uuid4

from api.intake import fields
from api.intake.context import Context
from api.intake.limits import FUTURE_MS, MAX_AGGREGATES, OLDEST_SESSION_MS
from api.intake.reading import Unreadable
from api.intake.records import record
from models.ports import NewRecord
from models.wire.times import to_text
from models.wire.topics import SESSIONS

KIND = "seatrial.session.v1"
STATUSES = frozenset({"ok", "exited", "errored", "unhandled", "abnormal", "crashed"})
COUNTS = ("exited", "errored", "abnormal", "unhandled", "crashed")
MOST = 1_000_000_000
"""The most that one count may be; no minute of anybody's has more."""
LONGEST_USER_AGENT = 300
LONGEST_SID = 64


def session_record(session: dict[str, Any], context: Context) -> NewRecord:
    """The record of one update; raises `Unreadable` for one that cannot be counted."""
    attributes = fields.mapping(session.get("attrs"))
    address = fields.address(attributes.get("ip_address"), context.address)
    identity = context.identity(_device(session.get("did"))) or context.identity(address)
    update = _update(session, context) | {"attrs": _attributes(attributes)}
    value: dict[str, Any] = {"project": context.project, "session": update}
    if identity is not None:
        value["identity"] = update["did"] = identity
    return record(SESSIONS, KIND, update["sid"], uuid4().hex, value | context.stamps(), context.received_at)


def aggregates_record(item: dict[str, Any], context: Context) -> NewRecord:
    """The record of an SDK's own counts. They carry no id, so intake stamps one: delivered twice, they count once."""
    aggregates = item.get("aggregates")
    if not isinstance(aggregates, list) or not aggregates or len(aggregates) > MAX_AGGREGATES:
        message = f"aggregates must be a list of 1 to {MAX_AGGREGATES} minutes"
        raise Unreadable(message)
    identifier = uuid4().hex
    value = {
        "project": context.project,
        "aggregates": [_aggregate(fields.mapping(aggregate), context) for aggregate in aggregates],
        "attrs": _attributes(fields.mapping(item.get("attrs"))),
        "id": identifier,
    }
    return record(SESSIONS, KIND, identifier, identifier, value | context.stamps(), context.received_at)


def _update(session: dict[str, Any], context: Context) -> dict[str, Any]:
    started = _started(session, context)
    if started < context.received_at - OLDEST_SESSION_MS:
        message = "started is more than five days ago"
        raise Unreadable(message)
    status = session.get("status", "ok")
    if not isinstance(status, str) or status not in STATUSES:
        message = f"status must be one of {', '.join(sorted(STATUSES))}"
        raise Unreadable(message)
    timestamp = context.milliseconds(session.get("timestamp"))
    update = {
        "sid": _sid(session.get("sid")),
        "started": to_text(started),
        "timestamp": to_text(max(started, _not_ahead(timestamp, context))),
        "status": status,
        "errors": max(_count(session.get("errors")), int(status == "crashed")),
        "init": session.get("init") is True,
    }
    duration = session.get("duration")
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        update["duration"] = duration
    return update


def _aggregate(aggregate: Any, context: Context) -> dict[str, Any]:
    counts = {name: count for name in COUNTS if (count := _count(aggregate.get(name)))}
    minute = {"started": to_text(_started(aggregate, context)), **counts}
    if identity := context.identity(_device(aggregate.get("did"))):
        minute["did"] = identity
    return minute


def _attributes(attributes: Any) -> dict[str, Any]:
    release = fields.release(attributes.get("release"))
    if release is None:
        message = "attrs.release is missing or cannot be a release's name"
        raise Unreadable(message)
    environment = fields.environment(attributes.get("environment")) or fields.DEFAULT_ENVIRONMENT
    kept = {"release": release, "environment": environment}
    agent = attributes.get("user_agent")
    if isinstance(agent, str) and agent:
        kept["user_agent"] = agent[:LONGEST_USER_AGENT]
    return kept


def _started(value: Any, context: Context) -> int:
    started = context.milliseconds(value.get("started"))
    if started is None:
        message = "started is missing or is no time"
        raise Unreadable(message)
    return _not_ahead(started, context)


def _not_ahead(time: int | None, context: Context) -> int:
    """The time, or that of arrival for none and for one that lies ahead: a fast clock costs nobody their session."""
    return context.received_at if time is None or time > context.received_at + FUTURE_MS else time


def _sid(value: object) -> str:
    if value is None:
        return uuid4().hex
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SID:
        message = f"sid must be a text of 1 to {LONGEST_SID} characters"
        raise Unreadable(message)
    return fields.event_id(value) or value


def _device(value: object) -> object:
    """The device or user id; SDKs write the nil UUID for none."""
    return None if isinstance(value, str) and not value.replace("-", "").strip("0") else value


def _count(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        message = "a count must be a whole number from 0 to 1,000,000,000"
        raise Unreadable(message)
    return value
