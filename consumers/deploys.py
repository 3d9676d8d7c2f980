"""The topic ``seatrial.deploys``: facts about deploys, kept as they came; `analytics.correlation.deploys` reads the timeline from them."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from consumers.decoding import Delivery
from consumers.folding import Fold, storable
from models.domain.ledger import Fate
from models.store import tables
from models.wire import times


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Write a batch's facts; one fact told twice is one fact."""
    rows: dict[tuple[str, str, str], tuple[Delivery, dict[str, Any]]] = {}
    for delivery in deliveries:
        row = _row(delivery)
        key = (row["project"], row["environment"], row["fact"])
        if key in rows:
            fold.count(delivery, row["project"], Fate.DUPLICATE)
        else:
            rows[key] = (delivery, row)
    inserted = fold.unit.insert_new(tables.deploy_fact, [row for _, row in rows.values()])
    new = {(row["project"], row["environment"], row["fact"]) for row in inserted}
    for key, (delivery, _) in rows.items():
        fold.count(delivery, key[0], Fate.STORED if key in new else Fate.DUPLICATE)


def fact(delivery: Delivery) -> str:
    """What makes two messages the same fact: the deploy, its state, exposure and time; without id and time, the message itself."""
    message = delivery.message
    deploy = message.id or (message.release if message.at else delivery.identifier(None))
    told = (deploy, message.release, message.state, message.exposure, message.at)
    return blake2b(msgspec.json.encode(told), digest_size=16).hexdigest()


def _row(delivery: Delivery) -> dict[str, Any]:
    message = delivery.message
    return {
        "project": message.project,
        "environment": storable(message.environment),
        "fact": fact(delivery),
        "deploy": storable(message.id),
        "release": storable(message.release),
        "state": message.state,
        "exposure": message.exposure,
        "replaces": storable(message.replaces),
        "url": storable(message.url, 2_000),
        "deployed_by": storable(message.by, 200),
        "irreversible": message.irreversible,
        "commits": storable(msgspec.json.encode(message.commits).decode(), 1_000_000) if message.commits else None,
        "occurred_at": times.to_milliseconds(message.at) or delivery.booked_at,
        "booked_at": delivery.booked_at,
    }
