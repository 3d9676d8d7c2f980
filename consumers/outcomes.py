"""The topic ``seatrial.outcomes``: what people said of decisions. An outcome sticks to its decision."""

from collections.abc import Sequence
from typing import Any

from consumers.decoding import Delivery
from consumers.folding import Fold, storable
from models.domain.ledger import Fate
from models.store import tables


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Write a batch's outcomes; each id counts once; one for no known decision is a dead letter."""
    rows: dict[tuple[str, str], tuple[Delivery, dict[str, Any]]] = {}
    for delivery in deliveries:
        decision = _decision(fold, delivery)
        if decision is None:
            continue
        row = _row(delivery, decision)
        key = (row["project"], row["outcome"])
        if key in rows:
            fold.count(delivery, row["project"], Fate.DUPLICATE)
        else:
            rows[key] = (delivery, row)
    inserted = fold.unit.insert_new(tables.outcome, [row for _, row in rows.values()])
    new = {(row["project"], row["outcome"]) for row in inserted}
    for key, (delivery, _) in rows.items():
        fold.count(delivery, key[0], Fate.STORED if key in new else Fate.DUPLICATE)


def _decision(fold: Fold, delivery: Delivery) -> str | None:
    """The decision that is spoken of, or None with a dead letter that says what to name instead."""
    message = delivery.message
    if message.decision:
        key = {"project": message.project, "decision": message.decision}
        if fold.unit.fetch(tables.decision, [key]):
            return str(message.decision)
        fold.refuse(delivery, "unknown_decision", f"$.decision: {message.project} has no decision {message.decision!r}")
    elif message.release:
        environment = message.environment or "production"
        newest = fold.unit.newest_decision(message.project, message.release, environment)
        if newest is not None:
            return newest
        detail = f"$.release: no decision was taken on {message.release!r} in {environment!r}"
        fold.refuse(delivery, "unknown_decision", detail)
    else:
        fold.refuse(delivery, "invalid", "$: name a `decision`, or a `release` with its `environment`")
    return None


def _row(delivery: Delivery, decision: str) -> dict[str, Any]:
    message = delivery.message
    return {
        "project": message.project,
        "outcome": storable(delivery.identifier(message.id)),
        "decision": decision,
        "label": message.label,
        "reason": storable(message.reason),
        "said_by": storable(message.by, 200),
        "booked_at": delivery.booked_at,
    }
