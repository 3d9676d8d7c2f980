"""Short names of issues (``SHOP-12``), given by one writer in the order in which the issues were first seen."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, Engine, func, select

from consumers.evaluation.course import Course
from models.domain.verdict import Judgement
from models.store.queries import issue_names
from models.store.sql import SqlUnitOfWork
from models.store.tables import issue_name, issue_seen

AT_ONCE = 500
"""A flood of new issues is named over several looks."""


class Names:
    """Names what was seen; one instance for each evaluator."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._named_to: dict[str, int] = {}
        """By project, the minute before which every issue has its name; a new evaluator looks once from the start."""

    def give(self, project: str, closed: int, last_minute: int) -> None:
        """Name what was seen by ``last_minute``. ``closed``: the last minute in which nothing more will be seen."""
        with self._engine.connect() as connection:
            found = nameless(connection, project, self._named_to.get(project, 0), last_minute)
        if not found:
            self._named_to[project] = min(closed, last_minute) + 1
            return
        with SqlUnitOfWork(self._engine) as unit:
            give_names(unit, project, found)


def nameless(connection: Connection, project: str, since: int, last_minute: int) -> list[str]:
    """Issues first seen from minute ``since`` to ``last_minute`` that have no name, those seen first before others."""
    seen, named = issue_seen.c, issue_name.c
    first = func.min(seen.first_minute)
    has_none = ~select(named.issue).where(named.project == seen.project, named.issue == seen.issue).exists()
    within = seen.first_minute.between(since, last_minute)
    query = select(seen.issue).where(seen.project == project, within, has_none).group_by(seen.issue)
    return list(connection.execute(query.order_by(first, seen.issue).limit(AT_ONCE)).scalars())


def give_names(unit: SqlUnitOfWork, project: str, found: Sequence[str]) -> None:
    """Number on from the highest. One that another evaluator has named meanwhile keeps its name."""
    highest = select(func.max(issue_name.c.number)).where(issue_name.c.project == project)
    start = (unit.connection.execute(highest).scalar() or 0) + 1
    rows = [{"project": project, "issue": one, "number": number} for number, one in enumerate(found, start)]
    unit.insert_new(issue_name, rows)


def say_names(connection: Connection, project: str, watched: Course, shown: Judgement) -> Judgement:
    """Put names in place of issues' ids, in all that was judged in this look and in what is shown."""
    told = [shown, *(one.judgement for one in watched.judged)]
    found = {reason.issue for one in told for reason in one.reasons if reason.issue}
    names = issue_names.names(connection, project, found) if found else {}

    def named(judgement: Judgement) -> Judgement:
        reasons = (replace(one, issue=names.get(one.issue or "", one.issue)) for one in judgement.reasons)
        return replace(judgement, reasons=tuple(reasons))

    watched.judged = [replace(one, judgement=named(one.judgement)) for one in watched.judged]
    return named(shown)
