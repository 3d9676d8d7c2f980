"""The topic ``seatrial.deploys``: facts about deploys, as they came; `analytics.correlation.deploys` reads them."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from consumers.decoding import Delivery
from consumers.folding import Fold, storable
from models.store import tables
from models.wire import times

COMMITS = 1_000
"""Of one deploy, the newest ones as sent; more than that nobody reads."""


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Write a batch's facts; one fact told twice is one fact."""
    fold.insert_once(tables.deploy_fact, [(delivery, _row(delivery)) for delivery in deliveries])


def fact(delivery: Delivery) -> str:
    """What makes two messages one fact: deploy, state, exposure and time; without id and time, the message itself."""
    message = delivery.message
    deploy = message.id or (message.release if message.at else delivery.identifier(None))
    told = (deploy, message.release, message.state, message.exposure, message.at)
    return blake2b(msgspec.json.encode(told), digest_size=16).hexdigest()


def _row(delivery: Delivery) -> dict[str, Any]:
    message = delivery.message
    return {
        "project": delivery.project,
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
        "name": storable(message.name, 64),
        "commits": msgspec.json.encode(message.commits[:COMMITS]).decode() if message.commits else None,
        "occurred_at": times.to_milliseconds(message.at) or delivery.booked_at,
        "booked_at": delivery.booked_at,
    }
