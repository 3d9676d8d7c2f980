"""The topic ``seatrial.outcomes``: what people said of decisions. An outcome sticks to its decision."""

from collections.abc import Sequence
from typing import Any

from consumers.decoding import Delivery
from consumers.folding import Fold, storable
from models.store import tables

DECISION_CHARACTERS = 200
"""Decisions are named `d-1`, `d-2`, …; this is more than any name has."""


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Write a batch's outcomes; each id counts once; one for no known decision is a dead letter."""
    decided = [(delivery, _decision(fold, delivery)) for delivery in deliveries]
    told = [(delivery, _row(delivery, decision)) for delivery, decision in decided if decision is not None]
    fold.insert_once(tables.outcome, told)


def _decision(fold: Fold, delivery: Delivery) -> str | None:
    """The decision that is spoken of, or None with a dead letter that says what to name instead."""
    project, message = delivery.project, delivery.message
    decision: str | None = storable(message.decision, DECISION_CHARACTERS)
    if decision:
        if fold.unit.fetch(tables.decision, [{"project": project, "decision": decision}]):
            return decision
        fold.refuse(delivery, "unknown_decision", f"$.decision: {project} has no decision {decision!r}")
    elif release := storable(message.release):
        environment = storable(message.environment) or "production"
        newest = fold.unit.newest_decision(project, release, environment)
        if newest is not None:
            return newest
        detail = f"$.release: no decision was taken on {release!r} in {environment!r}"
        fold.refuse(delivery, "unknown_decision", detail)
    else:
        fold.refuse(delivery, "invalid", "$: name a `decision`, or a `release` with its `environment`")
    return None


def _row(delivery: Delivery, decision: str) -> dict[str, Any]:
    message = delivery.message
    return {
        "project": delivery.project,
        "outcome": storable(delivery.identifier(message.id)),
        "decision": decision,
        "label": message.label,
        "reason": storable(message.reason),
        "said_by": storable(message.by, 200),
        "booked_at": delivery.booked_at,
    }
