"""The topic ``seatrial.ledger``: what intake says it did with the items it got, summed over seconds."""

from collections.abc import Sequence

from consumers.decoding import Delivery
from consumers.folding import Fold
from models.store import tables


def store(fold: Fold, deliveries: Sequence[Delivery]) -> None:
    """Add a batch's counts to the tally; each summary counts once, by its id."""
    summaries = {(delivery.message.project, delivery.message.id): delivery for delivery in deliveries}
    rows = [
        {"project": project, "category": "ledger", "item": item, "booked_at": delivery.booked_at}
        for (project, item), delivery in summaries.items()
    ]
    for row in fold.unit.insert_new(tables.seen_item, rows):
        delivery = summaries[row["project"], row["item"]]
        partition = delivery.record.partition.number
        for count in delivery.message.counts:
            key = (row["project"], count.category, count.fate, "intake", "ledger", partition)
            fold.tally[key] += count.count
