"""The topic ``seatrial.ledger``: what intake says it did with the items it got, summed over seconds."""

from collections.abc import Sequence

from consumers.decoding import Delivery
from consumers.folding import Fold
from models.domain.ledger import Category, Fate
from models.store import tables

FATES = frozenset({"accepted", Fate.FILTERED, Fate.RATE_LIMITED, Fate.INVALID, Fate.DROPPED_BY_CLIENT})
"""What intake can know; whether what it accepted is stored or a duplicate, the consumers say themselves."""


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Add a batch's counts to the tally; each summary counts once, by its id."""
    told = []
    summaries: dict[tuple[str, str], Delivery] = {}
    for delivery in deliveries:
        if _is_sound(fold, delivery):
            summaries.setdefault((delivery.project, delivery.message.id), delivery)
            told.append((delivery, _row(delivery)))
    for row in fold.insert_once(tables.seen_item, told):
        delivery = summaries[row["project"], row["item"]]
        for count in delivery.message.counts:
            partition = delivery.record.partition.number
            fold.tally[delivery.project, count.category, count.fate, "intake", "ledger", partition] += count.count


def _is_sound(fold: Fold, delivery: Delivery) -> bool:
    """Whether all of its words are known; else it is a dead letter."""
    for number, count in enumerate(delivery.message.counts):
        if count.category not in list(Category) or count.fate not in FATES:
            said = f"{count.category[:40]!r}, {count.fate[:40]!r}"
            fold.refuse(delivery, "invalid", f"$.counts[{number}]: {said} is no category and fate that intake knows")
            return False
    return True


def _row(delivery: Delivery) -> dict[str, str | int]:
    item = {"category": "ledger", "item": delivery.message.id}
    return {"project": delivery.project, **item, "booked_at": delivery.booked_at}
