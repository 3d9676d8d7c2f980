"""The topic ``seatrial.sessions``: updates merge to a state, and each change is booked in its own minute."""

from collections.abc import Collection, Mapping, Sequence

from analytics.correlation.sessions import RANKS, SessionState, change, merge, too_old, update
from consumers import session_aggregates, session_rows
from consumers.decoding import Delivery
from consumers.folding import Fold, Raced, storable
from consumers.session_counts import Counts, segments_of
from models.domain.identity import device
from models.store import tables
from models.wire import times

Sid = tuple[str, str]
"""Project and session id."""


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Write a batch of session updates and of aggregates."""
    counts = Counts(fold)
    _store_updates(fold, [delivery for delivery in deliveries if delivery.message.session is not None], counts)
    aggregates = [delivery for delivery in deliveries if delivery.message.session is None]
    session_aggregates.store(fold, aggregates, counts)
    counts.store()


def _store_updates(fold: Fold, deliveries: Sequence[Delivery], counts: Counts) -> None:
    told = [(delivery, state) for delivery in deliveries if (state := _told(fold, delivery)) is not None]
    keys = {(delivery.project, state.sid) for delivery, state in told}
    stored = fold.unit.fetch(tables.session, [{"project": project, "sid": sid} for project, sid in sorted(keys)])
    states: dict[Sid, SessionState] = {(row["project"], row["sid"]): session_rows.state(row) for row in stored}
    for delivery, state in told:
        key = (delivery.project, state.sid)
        before = states.get(key)
        fold.count(delivery, session_rows.fate(before, state))
        after = states[key] = state if before is None else merge(before, state)
        for cell, delta in change(before, after).items():
            counts.sessions(delivery, cell, delta)
        counts.user(delivery, state.cell)
        if after.hurt and after.identity:
            counts.hurt(delivery, after.cell)
    _store_states(fold, states, {(row["project"], row["sid"]) for row in stored})


def _store_states(fold: Fold, states: Mapping[Sid, SessionState], stored: Collection[Sid]) -> None:
    rows = {key: session_rows.row(key[0], state) for key, state in states.items()}
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
    if too_old(started, delivery.booked_at):
        fold.refuse(delivery, "too_old", "$.session.started: more than five days before it was sent")
        return None
    timestamp = max(started, times.to_milliseconds(session.timestamp) or started)
    place = (storable(session.attrs.release), storable(session.attrs.environment))
    origin = (started, timestamp, *place, segments_of(fold, delivery.project, session.attrs))
    raw = device(session.did) or _address(session.attrs.ip_address)
    identity = fold.identity(delivery.project, message.identity, raw)
    return update(_sid(session.sid), origin, identity, session.status, session.errors)


def _sid(text: str) -> str:
    """Python writes a UUID with dashes, JavaScript without."""
    return storable(text.replace("-", "").lower())


def _address(address: str | None) -> str | None:
    return None if address == "{{auto}}" else address
