"""The topic ``seatrial.errors``: events are deduplicated, grouped into issues, and counted by minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from analytics.grouping import v2
from analytics.grouping.v2.explaining import document, explain
from consumers import joining
from consumers.decoding import Delivery
from consumers.folding import Fold, storable, user_value
from models.store import samples, tables
from models.wire import times

SAMPLE_ONE_IN = 64
"""Of an issue's events, its first in a release is kept whole, and then one in so many, chosen by the event's id."""
MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """What the tables need of one event."""

    delivery: Delivery
    event_id: bytes
    release: str
    environment: str
    identity: str | None
    handled: bool
    host: str
    occurred_at: int
    grouped: joining.Grouped

    @property
    def issue(self) -> str:
        return self.grouped.joined.issue

    @property
    def grouping(self) -> v2.Grouping:
        return self.grouped.grouping

    @property
    def project(self) -> str:
        return self.delivery.project

    @property
    def partition(self) -> int:
        return self.delivery.record.partition.number


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Write a batch's events; each id counts once, whatever was delivered twice."""
    events: dict[tuple[str, bytes], ErrorEvent] = {}
    told = []
    for delivery, grouped in zip(deliveries, joining.join_all(fold, deliveries), strict=True):
        event = read(fold, delivery, grouped)
        events.setdefault((event.project, event.event_id), event)
        told.append((delivery, _event_row(event)))
    new = fold.insert_once(tables.event, told)
    fresh = [events[row["project"], row["event_id"]] for row in new]
    _store_counts(fold, fresh)
    _store_samples(fold, fresh)
    _store_users(fold, fresh)


def read(fold: Fold, delivery: Delivery, grouped: joining.Grouped) -> ErrorEvent:
    """The event in a message; whatever its shape, nothing here raises."""
    message, event = delivery.message, delivery.message.event
    release = event.get("release")
    environment = event.get("environment")
    return ErrorEvent(
        delivery=delivery,
        event_id=event_id(event.get("event_id"), delivery),
        release=storable(release, 200) or "" if isinstance(release, str) else "",
        environment=storable(environment, 64) or "production" if isinstance(environment, str) else "production",
        identity=fold.identity(message.project, message.identity, user_value(event.get("user"))),
        handled=handled(event),
        host=storable(str(event.get("server_name") or ""), 200) or "",
        occurred_at=times.to_milliseconds(event.get("timestamp")) or delivery.booked_at,
        grouped=grouped,
    )


def event_id(value: object, delivery: Delivery) -> bytes:
    """The event's own id; an event without a valid one is named by what identifies its message."""
    if isinstance(value, str):
        text = value.replace("-", "")
        try:
            if len(text) == 32:  # noqa: PLR2004 - hexadecimal digits of a UUID
                return bytes.fromhex(text)
        except ValueError:
            pass
    return uuid5(NAMESPACE_OID, delivery.identifier(None)).bytes


def handled(event: Mapping[str, Any]) -> bool:
    """False only if the raised exception says that nobody handled it."""
    exception = event.get("exception")
    values = exception.get("values") if isinstance(exception, dict) else exception
    for value in reversed(values) if isinstance(values, list) else ():
        mechanism = value.get("mechanism") if isinstance(value, dict) else None
        if isinstance(mechanism, dict) and mechanism.get("handled") is not None:
            return mechanism["handled"] is not False
    return True


def _event_row(event: ErrorEvent) -> dict[str, Any]:
    return {
        "project": event.project,
        "event_id": event.event_id,
        "issue": event.issue,
        "release": event.release or None,
        "environment": event.environment,
        "identity": event.identity,
        "handled": event.handled,
        "occurred_at": event.occurred_at,
        "booked_at": event.delivery.booked_at,
    }


def _place(event: ErrorEvent) -> dict[str, Any]:
    return {"project": event.project, "environment": event.environment, "release": event.release}


def _store_counts(fold: Fold, events: Sequence[ErrorEvent]) -> None:
    """Write which issues the events are of, and how many."""
    issues, seen, releases = [], [], []
    minutes: dict[tuple[Any, ...], dict[str, Any]] = {}
    for event in events:
        place = _place(event)
        first = {"partition": event.partition, "first_minute": event.delivery.minute}
        issues.append(_issue_row(event))
        seen.append(place | first | {"issue": event.issue, "first_event": event.event_id})
        if event.release:
            releases.append(place | first | {"topic": "errors"})
        cell = place | {"issue": event.issue, "minute": event.delivery.minute, "partition": event.partition}
        row = minutes.setdefault(tuple(cell.values()), cell | {"events": 0, "unhandled": 0})
        row["events"] += 1
        row["unhandled"] += not event.handled
    fold.insert_known(tables.issue, issues)
    fold.insert_known(tables.issue_why, [_why_row(event) for event in events if event.grouped.explains])
    fold.insert_known(tables.release_seen, releases)
    fold.unit.add(tables.issue_minute, list(minutes.values()))
    fold.insert_known(tables.issue_seen, seen)


def _issue_row(event: ErrorEvent) -> dict[str, Any]:
    return {
        "project": event.project,
        "issue": event.issue,
        "grouping_key": storable(event.grouping.key),
        "grouping_version": event.grouping.version,
        "title": storable(event.grouping.title, 300),
        "culprit": storable(event.grouping.culprit, 300),
        "level": storable(event.grouping.level, 20),
    }


def _why_row(event: ErrorEvent) -> dict[str, Any]:
    tree = samples.pack(document(explain(event.grouping)))
    return {"project": event.project, "issue": event.issue, "tree": tree}


def _store_samples(fold: Fold, events: Sequence[ErrorEvent]) -> None:
    """Keep few events whole; which ones depends on the event's id and on being the first, never on load."""
    names = [column.name for column in tables.first_sample.primary_key]
    told = [_place(event) | {"issue": event.issue, "event_id": event.event_id} for event in events]
    first = {tuple(row[name] for name in names) for row in fold.insert_known(tables.first_sample, told)}
    rows = []
    for event, row in zip(events, told, strict=True):
        key = tuple(row[name] for name in names)
        if key in first or _is_sampled(event.event_id):
            first.discard(key)
            rows.append(_sample_row(event))
    fold.unit.insert_new(tables.event_sample, rows)


def _is_sampled(event_id: bytes) -> bool:
    return int.from_bytes(blake2b(event_id, digest_size=4).digest(), "big") % SAMPLE_ONE_IN == 0


def _sample_row(event: ErrorEvent) -> dict[str, Any]:
    message = event.delivery.message
    payload = message.event
    if message.identity is None:
        payload = payload | {"user": {"id": event.identity} if event.identity else None}
    return {
        "project": event.project,
        "issue": event.issue,
        "event_id": event.event_id,
        "release": event.release or None,
        "booked_at": event.delivery.booked_at,
        "payload": samples.pack(payload),
    }


def _store_users(fold: Fold, events: Sequence[ErrorEvent]) -> None:
    """Write whom the events hurt: users, or for events that name none the issue and the host."""
    users, hurt, anonymous = [], [], []
    for event in events:
        place, minute = _place(event), event.delivery.minute
        if event.identity is not None:
            row = place | {"partition": event.partition, "first_minute": minute, "identity": event.identity}
            users.append(row | {"issue": event.issue, "unhandled": not event.handled})
            if not event.handled:
                hurt.append(row | {"topic": "errors", "day": minute // MINUTES_A_DAY, "abnormal": False})
        elif not event.handled:
            writer = {"topic": "errors", "partition": event.partition}
            anonymous.append(place | writer | {"minute": minute, "issue": event.issue, "host": event.host})
    fold.insert_known(tables.issue_user, users)
    fold.insert_known(tables.hurt_user, hurt)
    fold.insert_known(tables.anonymous_failure, anonymous)
