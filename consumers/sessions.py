"""The topic ``seatrial.sessions``: updates merge to a state, and each change of knowledge is booked in its own minute."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from analytics.correlation.sessions import CLASSES, RANKS, SessionState, change, merge, update
from consumers.decoding import Delivery
from consumers.folding import Fold, storable
from models.domain.ledger import Fate
from models.store import tables
from models.wire import times

MINUTES_A_DAY = 1440
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
    keys = {(delivery.message.project, state.sid) for delivery, state in told}
    stored = fold.unit.fetch(tables.session, [{"project": project, "sid": sid} for project, sid in sorted(keys)])
    states: dict[Sid, SessionState] = {(row["project"], row["sid"]): _state(row) for row in stored}
    hurt = []
    for delivery, state in told:
        project = delivery.message.project
        before = states.get((project, state.sid))
        seen = before is not None and state.updates <= before.updates
        fold.count(delivery, project, Fate.DUPLICATE if seen else Fate.STORED)
        after = state if before is None else merge(before, state)
        states[project, state.sid] = after
        for (environment, release, cell), delta in change(before, after).items():
            minutes[project, environment, release, delivery.minute, delivery.record.partition.number, cell] += delta
        if after.hurt and after.identity:
            hurt.append(_hurt_row(delivery, after))
    fold.unit.put(tables.session, [_row(project, states[project, sid]) for project, sid in sorted(keys)])
    fold.insert_known(tables.hurt_user, hurt)


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
    timestamp = times.to_milliseconds(session.timestamp)
    return update(
        storable(session.sid.replace("-", "").lower(), 64) or "",
        release=storable(session.attrs.release) or "",
        environment=storable(session.attrs.environment) or "production",
        identity=fold.identity(message.project, message.identity, session.did or _address(session.attrs.ip_address)),
        started=started,
        timestamp=max(started, timestamp) if timestamp is not None else started,
        status=session.status,
        errors=session.errors,
    )


def _address(address: str | None) -> str | None:
    return None if address == "{{auto}}" else address


def _hurt_row(delivery: Delivery, state: SessionState) -> dict[str, Any]:
    return {
        "project": delivery.message.project,
        "environment": state.environment,
        "release": state.release,
        "day": delivery.minute // MINUTES_A_DAY,
        "identity": state.identity,
        "abnormal": state.session_class == "abnormal",
        "topic": "sessions",
        "partition": delivery.record.partition.number,
        "first_minute": delivery.minute,
    }


def _store_aggregates(fold: Fold, deliveries: Sequence[Delivery], minutes: Counter[tuple[Any, ...]]) -> None:
    """Counts made by an SDK; each item counts once, by its id."""
    items: dict[tuple[str, str], Delivery] = {}
    for delivery in deliveries:
        message = delivery.message
        if message.aggregates is None or message.attrs is None:
            fold.refuse(delivery, "invalid", "$: neither `session`, nor `aggregates` with `attrs`")
            continue
        key = (message.project, delivery.identifier(message.id))
        if key in items:
            fold.count(delivery, message.project, Fate.DUPLICATE)
        items.setdefault(key, delivery)
    rows = [
        {"project": project, "category": "session", "item": item, "booked_at": delivery.booked_at}
        for (project, item), delivery in items.items()
    ]
    inserted = {(row["project"], row["item"]) for row in fold.unit.insert_new(tables.seen_item, rows)}
    hurt = []
    for key, delivery in items.items():
        fold.count(delivery, key[0], Fate.STORED if key in inserted else Fate.DUPLICATE)
        if key in inserted:
            hurt += _count_aggregates(fold, delivery, minutes)
    fold.insert_known(tables.hurt_user, hurt)


def _count_aggregates(fold: Fold, delivery: Delivery, minutes: Counter[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Add an item's counts to ``minutes``; the rows of the users that it says were hurt."""
    message, minute, partition = delivery.message, delivery.minute, delivery.record.partition.number
    release, environment = storable(message.attrs.release) or "", storable(message.attrs.environment) or "production"
    hurt = []
    for bucket in message.aggregates:
        cells = zip(CLASSES, (bucket.exited, bucket.errored, bucket.unhandled, bucket.abnormal, bucket.crashed), strict=True)
        for cell, number in cells:
            minutes[message.project, environment, release, minute, partition, cell] += number
        identity = fold.identity(message.project, None, bucket.did)
        if identity and (bucket.crashed or bucket.unhandled or bucket.abnormal):
            hurt.append({
                "project": message.project,
                "environment": environment,
                "release": release,
                "day": minute // MINUTES_A_DAY,
                "identity": identity,
                "abnormal": not (bucket.crashed or bucket.unhandled),
                "topic": "sessions",
                "partition": partition,
                "first_minute": minute,
            })
    return hurt


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
