"""Totals of issues and releases, so that a list need not add up every minute: each minute is counted once it is closed.

They are written by the evaluator alone and can be made anew from the minutes: without `total_mark` it begins again.
"""

from collections.abc import Mapping

from sqlalchemy import Engine

from models.store import tables
from models.store.queries import totals
from models.store.queries.totals import Added, Cell, Total
from models.store.sql import SqlUnitOfWork

SPAN = 360
"""Minutes that are counted in one transaction."""
AT_ONCE = 8
"""Transactions of a look that write something: after an upgrade there is much to count, and the watch must go on."""


class Totals:
    """Keeps them up to date; several evaluators may, for each waits for the mark of the other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counted_to: dict[str, int] = {}

    def count(self, project: str, closed: int) -> None:
        """Count up to the last closed minute, or as far as one look may."""
        written = 0
        while written < AT_ONCE and self._counted_to.get(project, -1) < closed:
            with SqlUnitOfWork(self._engine) as unit:
                first = _next(unit, project)
                if first is None or first > closed:
                    return
                last = min(first + SPAN - 1, closed)
                added = totals.added(unit.connection, project, first, last)
                _write(unit, project, added)
                unit.put(tables.total_mark, [{"project": project, "counted_to": last}])
            self._counted_to[project] = last
            written += bool(added.issues or added.sessions)


def _next(unit: SqlUnitOfWork, project: str) -> int | None:
    """The first minute that is not counted yet. The mark is this transaction's until it ends."""
    mark = {"project": project, "counted_to": -1}
    unit.insert_new(tables.total_mark, [mark])
    counted_to: int = unit.fetch(tables.total_mark, [mark])[0]["counted_to"]
    return counted_to + 1 if counted_to >= 0 else totals.begin(unit.connection, project)


def _write(unit: SqlUnitOfWork, project: str, added: Added) -> None:
    sessions = [
        {"project": project, "environment": environment, "release": release, "age": age, "started": started}
        for (environment, release, age), started in added.sessions.items()
    ]
    unit.add(tables.release_total, sessions)
    rows = {cell: _row(project, cell, total) for cell, total in added.issues.items()}
    for before in unit.fetch(tables.issue_total, list(rows.values())):
        cell = (before["environment"], before["release"], before["issue"], before["age"])
        rows[cell] = _joined(before, rows[cell])
    unit.put(tables.issue_total, list(rows.values()))


def _row(project: str, cell: Cell, total: Total) -> dict[str, object]:
    environment, release, issue, age = cell
    counts = {name: getattr(total, name) for name in Total.__slots__}
    return {"project": project, "environment": environment, "release": release, "issue": issue, "age": age} | counts


def _joined(before: Mapping[str, object], row: dict[str, object]) -> dict[str, object]:
    summed = ("events", "unhandled", "users", "newcomers", "failures")
    counts = {name: int(str(before[name])) + int(str(row[name])) for name in summed}
    return row | counts | {"first_minute": before["first_minute"]}
