"""The topic ``seatrial.sessions``: updates merge to a state, and each change is booked in its own minute."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analytics.correlation.sessions import CLASSES, RANKS, SessionState, change, merge, update
from consumers.decoding import Delivery
from consumers.folding import Fold, Raced, storable
from models.domain.ledger import Fate
from models.ports import Row
from models.store import tables
from models.wire import times

MINUTES_A_DAY = 1440
HASHED = re.compile("[0-9a-f]{32}")
Sid = tuple[str, str]
"""Project and session id."""


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Write a batch of session updates and of aggregates."""
    minutes: Counter[tuple[Any, ...]] = Counter()
    updates = [delivery for delivery in deliveries if delivery.message.session is not None]
    aggregates = [delivery for delivery in deliveries if delivery.message.session is None]
    _store_updates(fold, updates, minutes)
    _store_aggregates(fold, aggregates, minutes)
    _store_minutes(fold, minutes)


def _store_updates(fold: Fold, deliveries: Sequence[Delivery], minutes: Counter[tuple[Any, ...]]) -> None:
    told = [(delivery, state) for delivery in deliveries if (state := _told(fold, delivery)) is not None]
    keys = {(delivery.project, state.sid) for delivery, state in told}
    stored = fold.unit.fetch(tables.session, [{"project": project, "sid": sid} for project, sid in sorted(keys)])
    states: dict[Sid, SessionState] = {(row["project"], row["sid"]): _state(row) for row in stored}
    hurt = []
    for delivery, state in told:
        project = delivery.project
        before = states.get((project, state.sid))
        seen = before is not None and state.updates <= before.updates
        fold.count(delivery, Fate.DUPLICATE if seen else Fate.STORED)
        after = state if before is None else merge(before, state)
        states[project, state.sid] = after
        for (environment, release, cell), delta in change(before, after).items():
            minutes[project, environment, release, delivery.minute, delivery.record.partition.number, cell] += delta
        if after.hurt and after.identity:
            abnormal = after.session_class == "abnormal"
            hurt.append(_hurt_row(delivery, (after.release, after.environment), after.identity, abnormal=abnormal))
    _store_states(fold, states, {(row["project"], row["sid"]) for row in stored})
    fold.insert_known(tables.hurt_user, hurt)


def _store_states(fold: Fold, states: Mapping[Sid, SessionState], stored: Collection[Sid]) -> None:
    rows = {key: _row(key[0], state) for key, state in states.items()}
    new = [row for key, row in rows.items() if key not in stored]
    if len(fold.unit.insert_new(tables.session, new)) != len(new):
        raise Raced
    fold.unit.put(tables.session, [row for key, row in rows.items() if key in stored])


def _told(fold: Fold, delivery: Delivery) -> SessionState | None:
    """What one update alone tells, or None with a dead letter."""
    message, session = delivery.message, delivery.message.session
    if session.status not in RANKS:
        fold.refuse(delivery, "invalid", f"$.session.status: {session.status[:40]!r} is not one of {', '.join(RANKS)}")
        return None
    started = times.to_milliseconds(session.started)
    if started is None:
        fold.refuse(delivery, "invalid", "$.session.started: neither RFC 3339 nor seconds since the epoch")
        return None
    timestamp = max(started, times.to_milliseconds(session.timestamp) or started)
    origin = (started, timestamp, storable(session.attrs.release), storable(session.attrs.environment))
    raw = _device(session.did) or _address(session.attrs.ip_address)
    identity = fold.identity(delivery.project, message.identity, raw)
    return update(_sid(session.sid), origin, identity, session.status, session.errors)


def _sid(text: str) -> str:
    """Python writes a UUID with dashes, JavaScript without."""
    return storable(text.replace("-", "").lower())


def _device(did: object) -> object:
    """The device's id; SDKs write the nil UUID for none."""
    return None if isinstance(did, str) and not did.replace("-", "").strip("0") else did


def _address(address: str | None) -> str | None:
    return None if address == "{{auto}}" else address


def _store_aggregates(fold: Fold, deliveries: Sequence[Delivery], minutes: Counter[tuple[Any, ...]]) -> None:
    """Counts made by an SDK; each item counts once, by its id."""
    items: dict[tuple[str, str], Delivery] = {}
    told = []
    for delivery in deliveries:
        message = delivery.message
        if message.aggregates is None or message.attrs is None:
            fold.refuse(delivery, "invalid", "$: neither `session`, nor `aggregates` with `attrs`")
            continue
        item = storable(delivery.identifier(message.id))
        items.setdefault((delivery.project, item), delivery)
        row: Row = {"project": delivery.project, "category": "session", "item": item, "booked_at": delivery.booked_at}
        told.append((delivery, row))
    hurt = []
    for row in fold.insert_once(tables.seen_item, told):
        hurt += _count_aggregates(fold, items[row["project"], row["item"]], minutes)
    fold.insert_known(tables.hurt_user, hurt)


def _count_aggregates(fold: Fold, delivery: Delivery, minutes: Counter[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Add an item's counts to ``minutes``; the rows of the users that it says were hurt."""
    attributes, partition = delivery.message.attrs, delivery.record.partition.number
    release, environment = storable(attributes.release), storable(attributes.environment)
    hurt = []
    for bucket in delivery.message.aggregates:
        counts = (bucket.exited, bucket.errored, bucket.unhandled, bucket.abnormal, bucket.crashed)
        for cell, number in zip(CLASSES, counts, strict=True):
            minutes[delivery.project, environment, release, delivery.minute, partition, cell] += number
        identity = _identity_of_bucket(fold, delivery, _device(bucket.did))
        failed = bool(bucket.crashed or bucket.unhandled)
        if identity and (failed or bucket.abnormal):
            hurt.append(_hurt_row(delivery, (release, environment), identity, abnormal=not failed))
    return hurt


def _identity_of_bucket(fold: Fold, delivery: Delivery, did: object) -> str | None:
    """Intake has hashed it already, in its place: a bucket has no field beside."""
    hashed = isinstance(did, str) and delivery.attributes.via == "intake" and HASHED.fullmatch(did)
    return fold.identity(delivery.project, str(did) if hashed else None, did)


def _hurt_row(delivery: Delivery, place: tuple[str, str], identity: str, *, abnormal: bool) -> dict[str, Any]:
    release, environment = place
    return {
        "project": delivery.project,
        "environment": environment,
        "release": release,
        "day": delivery.minute // MINUTES_A_DAY,
        "identity": identity,
        "abnormal": abnormal,
        "topic": "sessions",
        "partition": delivery.record.partition.number,
        "first_minute": delivery.minute,
    }


def _store_minutes(fold: Fold, minutes: Counter[tuple[Any, ...]]) -> None:
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for (project, environment, release, minute, partition, cell), delta in minutes.items():
        place = {"project": project, "environment": environment, "release": release}
        empty = place | {"minute": minute, "partition": partition} | dict.fromkeys(("started", *CLASSES), 0)
        row = rows.setdefault((project, environment, release, minute, partition), empty)
        row[cell] += delta
        row["started"] += delta
    moved = [row for row in rows.values() if any(row[cell] for cell in ("started", *CLASSES))]
    fold.unit.add(tables.session_minute, moved)
    fold.insert_known(tables.release_seen, [_release_row(row) for row in moved])


def _release_row(row: Mapping[str, Any]) -> dict[str, Any]:
    place = {name: row[name] for name in ("project", "environment", "release", "partition")}
    return place | {"topic": "sessions", "first_minute": row["minute"]}


def _state(row: Mapping[str, Any]) -> SessionState:
    identity = None
    if row["identity"] is not None:
        identity = (row["identity_started"], row["identity_at"], row["identity"])
    pairs = (pair.partition(":") for pair in row["updates"].split(","))
    return SessionState(
        sid=row["sid"],
        origin=(row["started"], row["origin_at"], row["release"], row["environment"]),
        identity_origin=identity,
        last_seen=row["last_seen"],
        rank=row["status"],
        errors=row["errors"],
        updates=frozenset((int(rank), int(errors)) for rank, _, errors in pairs),
    )


def _row(project: str, state: SessionState) -> dict[str, Any]:
    started, origin_at, release, environment = state.origin
    identity_started, identity_at, identity = state.identity_origin or (None, None, None)
    return {
        "project": project,
        "sid": state.sid,
        "release": release,
        "environment": environment,
        "started": started,
        "origin_at": origin_at,
        "identity": identity,
        "identity_started": identity_started,
        "identity_at": identity_at,
        "last_seen": state.last_seen,
        "status": state.rank,
        "errors": state.errors,
        "updates": ",".join(f"{rank}:{errors}" for rank, errors in sorted(state.updates)),
    }
