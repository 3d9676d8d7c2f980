"""What was received, and what became of it: every item has exactly one fate, and they add up."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, select

from models.domain.ledger import Category, Fate
from models.store.tables import ledger

ACCEPTED = "accepted"
INTAKE = "intake"
SUMMARIES = "ledger"
"""The topic in which intake tells what it accepted and refused; what the consumers found stands under theirs."""

Entry = tuple[str, str, str, str, int]
"""Category, fate, way (intake or direct), topic, count."""


def ledger_of(connection: Connection, project: str) -> dict[str, dict[str, int]]:
    """By category: ``received``, and its fates, which add up to it."""
    columns = ledger.c
    named = (columns.category, columns.fate, columns.via, columns.topic)
    query = select(*named, func.sum(columns.count)).where(columns.project == project).group_by(*named)
    return balance([(row[0], row[1], row[2], row[3], int(row[4])) for row in connection.execute(query)])


def balance(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Add up. In flight is what intake accepted and the consumers have not settled: never less than none.

    It is less for moments, because the summaries of intake come a second after the items themselves.
    """
    fates = {str(category): dict.fromkeys(map(str, Fate), 0) for category in Category}
    accepted: dict[str, int] = {}
    settled: dict[str, int] = {}
    for category, fate, via, topic, count in entries:
        if fate == ACCEPTED:
            accepted[category] = accepted.get(category, 0) + count
            continue
        fates.setdefault(category, dict.fromkeys(map(str, Fate), 0))[fate] += count
        if via == INTAKE and topic != SUMMARIES:
            settled[category] = settled.get(category, 0) + count
    for category, found in fates.items():
        found[Fate.IN_FLIGHT] = max(0, accepted.get(category, 0) - settled.get(category, 0))
    return {category: _with_total(found) for category, found in fates.items()}


def _with_total(fates: Mapping[str, int]) -> dict[str, int]:
    return {"received": sum(fates.values())} | {str(fate): fates[fate] for fate in Fate}
