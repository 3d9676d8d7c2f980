"""The topic ``seatrial.feedback``: what users wrote. It is joined to its event when it is read."""

from collections.abc import Sequence
from typing import Any

from consumers.decoding import Delivery
from consumers.folding import Fold, storable, user_value
from models.store import tables
from models.wire import times


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
        "environment": storable(message.environment) or "production",
        "event_id": bytes.fromhex(event_id.replace("-", "")) if event_id else None,
        "session_id": storable(message.session_id, 64),
        "identity": fold.identity(message.project, message.identity, user_value(message.user)),
        "rating": message.rating,
        "source": storable(message.source, 200),
        "url": storable(message.url, 2_000),
        "language": storable(message.language, 40),
        "occurred_at": times.to_milliseconds(message.at) or delivery.booked_at,
        "booked_at": delivery.booked_at,
    }
