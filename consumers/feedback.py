"""The topic ``seatrial.feedback``: what users wrote. It is joined to its event when it is read."""

from collections.abc import Sequence
from typing import Any

from consumers.decoding import Delivery
from consumers.folding import Fold, storable, user_value
from models.store import tables
from models.wire import times

UNTOLD = ""
"""No environment is named so: it is that of the event, the session or the user's last error, found when it is read."""


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Write a batch's feedback; each id counts once."""
    fold.insert_once(tables.feedback, [(delivery, _row(fold, delivery)) for delivery in deliveries])


def _row(fold: Fold, delivery: Delivery) -> dict[str, Any]:
    message = delivery.message
    event_id = message.event_id
    return {
        "project": delivery.project,
        "feedback": storable(delivery.identifier(message.id)),
        "message": storable(message.message),
        "release": storable(message.release),
        "environment": storable(message.environment) or UNTOLD,
        "event_id": bytes.fromhex(event_id.replace("-", "")) if event_id else None,
        "session_id": _session(message.session_id),
        "identity": fold.identity(message.project, message.identity, user_value(message.user)),
        "rating": message.rating,
        "source": storable(message.source, 200),
        "url": storable(message.url, 2_000),
        "language": storable(message.language, 40),
        "characters": message.characters,
        "occurred_at": times.to_milliseconds(message.at) or delivery.booked_at,
        "booked_at": delivery.booked_at,
    }


def _session(sid: str | None) -> str | None:
    """As sessions have it: Python writes a UUID with dashes, JavaScript without."""
    return storable(sid.replace("-", "").lower(), 64) if sid else None
