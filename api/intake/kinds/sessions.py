"""Session updates and aggregates of sessions: checked, made canonical, their users hashed.

By sentry-protocol.md, 2.2; docs/protocol.md says where, and why, it is not followed.
"""

from typing import Any
from uuid import uuid4

from analytics.correlation.segments import COUNTRY, segments
from analytics.correlation.sessions import OLDEST_MS
from api.intake.kinds.context import Context
from api.intake.kinds.records import record
from api.intake.limits import FUTURE_MS, MAX_AGGREGATES
from api.intake.opening.reading import Unreadable
from models.domain.identity import device
from models.ports import NewRecord
from models.wire import fields
from models.wire.times import to_text
from models.wire.topics import SESSIONS

KIND = "seatrial.session.v1"
STATUSES = frozenset({"ok", "exited", "errored", "unhandled", "abnormal", "crashed"})
COUNTS = ("exited", "errored", "abnormal", "unhandled", "crashed")
MOST = 1_000_000_000
"""The most that one count may be; no minute of anybody's has more."""
LONGEST_USER_AGENT = 300
LONGEST_SID = 64
TOO_OLD = "started is more than five days ago"
LAST_SEQ = 2**64 - 1
"""The largest number of 64 bits, and no sequence number: Relay refuses it."""


def session_record(session: dict[str, Any], context: Context) -> NewRecord:
    """The record of one update; raises `Unreadable` for one that cannot be counted."""
    attributes = fields.mapping(session.get("attrs"))
    address = fields.address(attributes.get("ip_address"), context.address)
    identity = context.identity(device(session.get("did"))) or context.identity(address)
    update = _update(session, context) | {"attrs": _attributes(attributes, context)}
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
    told = [_aggregate(fields.mapping(aggregate), context) for aggregate in aggregates]
    recent = [minute for started, minute in told if not _is_too_old(started, context)]
    if not recent:
        raise Unreadable(TOO_OLD)
    identifier = uuid4().hex
    value = {
        "project": context.project,
        "aggregates": recent,
        "attrs": _attributes(fields.mapping(item.get("attrs")), context),
        "id": identifier,
    }
    return record(SESSIONS, KIND, identifier, identifier, value | context.stamps(), context.received_at)


def _update(session: dict[str, Any], context: Context) -> dict[str, Any]:
    started = _started(session, context)
    if _is_too_old(started, context):
        raise Unreadable(TOO_OLD)
    _check_seq(session.get("seq"))
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


def _aggregate(aggregate: Any, context: Context) -> tuple[int, dict[str, Any]]:
    """When it started (ms), and the canonical minute."""
    started = _started(aggregate, context)
    counts = {name: count for name in COUNTS if (count := _count(aggregate.get(name)))}
    minute = {"started": to_text(started), **counts}
    if identity := context.identity(device(aggregate.get("did"))):
        minute["did"] = identity
    return started, minute


def _attributes(attributes: Any, context: Context) -> dict[str, Any]:
    release = fields.release(attributes.get("release"))
    if release is None:
        message = "attrs.release is missing or cannot be a release's name"
        raise Unreadable(message)
    environment = fields.environment(attributes.get("environment")) or fields.DEFAULT_ENVIRONMENT
    kept: dict[str, Any] = {"release": release, "environment": environment}
    agent = attributes.get("user_agent")
    if isinstance(agent, str) and agent:
        kept["user_agent"] = agent[:LONGEST_USER_AGENT]
    told = attributes if attributes.get(COUNTRY) else attributes | {COUNTRY: context.country}
    if found := segments(context.keys.settings.segments, told, kept.get("user_agent")):
        kept["segments"] = dict(found)
    return kept


def _is_too_old(started: int, context: Context) -> bool:
    return started < context.received_at - OLDEST_MS


def _check_seq(seq: object) -> None:
    """It must be one, and is not kept: what is known of a session does not depend on the order of its updates."""
    if seq is None:
        return
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq < LAST_SEQ:
        message = "seq must be a whole number of 64 bits"
        raise Unreadable(message)


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


def _count(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        message = "a count must be a whole number from 0 to 1,000,000,000"
        raise Unreadable(message)
    return value
