"""What intake did with the items it got, summed over a second and appended to the ledger's topic."""

from collections import Counter
from collections.abc import Mapping
from uuid import uuid4

from api.intake.kinds.records import record
from models.domain.ledger import Category, Fate
from models.ports import NewRecord
from models.wire.topics import LEDGER

KIND = "seatrial.ledger.v1"
ACCEPTED = "accepted"
"""Appended to the log; its fate is decided by the consumers."""


class Tally:
    """Sums by project, category and fate."""

    def __init__(self) -> None:
        self._sums: Counter[tuple[str, str, str]] = Counter()
        self._totals: Counter[tuple[str, str]] = Counter()

    @property
    def totals(self) -> Mapping[tuple[str, str], int]:
        """Items by category and fate (or `accepted`) since the start; never reset, for the metrics."""
        return self._totals

    def accepted(self, project: str, category: Category) -> None:
        self._add(project, category, ACCEPTED, 1)

    def settled(self, project: str, category: Category, fate: Fate, count: int = 1) -> None:
        self._add(project, category, fate, count)

    def take(self, now: int) -> list[NewRecord]:
        """A record for each project with anything to tell, and the sums begin anew.

        Each is stamped with an id, so that it counts once.
        """
        sums, self._sums = self._sums, Counter()
        counts: dict[str, list[dict[str, str | int]]] = {}
        for (project, category, fate), count in sorted(sums.items()):
            counts.setdefault(project, []).append({"category": category, "fate": fate, "count": count})
        return [_record(project, told, now) for project, told in counts.items()]

    def _add(self, project: str, category: str, fate: str, count: int) -> None:
        self._sums[project, str(category), str(fate)] += count
        self._totals[str(category), str(fate)] += count


def _record(project: str, counts: list[dict[str, str | int]], now: int) -> NewRecord:
    identifier = uuid4().hex
    value = {"project": project, "id": identifier, "counts": counts}
    return record(LEDGER, KIND, identifier, identifier, value, now)
