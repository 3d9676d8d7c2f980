"""Client reports: what an SDK dropped before it sent anything. It goes to the ledger, so that a verdict knows."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from models.domain.ledger import Category
from models.wire import fields

CATEGORIES: Mapping[str, Category] = {
    "error": Category.ERROR,
    "session": Category.SESSION,
    "feedback": Category.FEEDBACK,
}
INTERNAL = "internal"
"""Client reports themselves: Python's SDK reports the loss of its own reports without end."""
MOST = 1_000_000
"""What one entry may claim to have lost."""


def dropped(report: dict[str, Any]) -> Counter[Category]:
    """How many items of each category the client dropped."""
    counts: Counter[Category] = Counter()
    entries = report.get("discarded_events")
    for entry in entries if isinstance(entries, list) else ():
        told = fields.mapping(entry)
        category, quantity = told.get("category"), told.get("quantity", 1)
        if category == INTERNAL or not isinstance(category, str):
            continue
        if isinstance(quantity, int) and not isinstance(quantity, bool) and 0 < quantity <= MOST:
            counts[CATEGORIES.get(category, Category.OTHER)] += quantity
    return counts
