"""Short names of issues (``SHOP-12``), given by one writer in the order in which the issues were first seen."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, func, select

from consumers.evaluation.course import Course
from models.domain.verdict import Judgement
from models.store.queries import issues
from models.store.sql import SqlUnitOfWork
from models.store.tables import issue_name, issue_seen

AT_ONCE = 500
"""A flood of new issues is named over several looks."""


def nameless(connection: Connection, project: str, last_minute: int) -> list[str]:
    """Issues that were seen by ``last_minute`` and have no name yet, those seen first before the others."""
    seen, named = issue_seen.c, issue_name.c
    first = func.min(seen.first_minute)
    has_none = ~select(named.issue).where(named.project == seen.project, named.issue == seen.issue).exists()
    query = select(seen.issue).where(seen.project == project, has_none).group_by(seen.issue)
    query = query.having(first <= last_minute).order_by(first, seen.issue).limit(AT_ONCE)
    return list(connection.execute(query).scalars())


def give_names(unit: SqlUnitOfWork, project: str, found: Sequence[str]) -> None:
    """Number on from the highest. One that another evaluator has named meanwhile keeps its name."""
    highest = select(func.max(issue_name.c.number)).where(issue_name.c.project == project)
    start = (unit.connection.execute(highest).scalar() or 0) + 1
    rows = [{"project": project, "issue": one, "number": number} for number, one in enumerate(found, start)]
    unit.insert_new(issue_name, rows)


def say_names(connection: Connection, project: str, watched: Course, shown: Judgement) -> Judgement:
    """Put names in place of issues' ids, in all that was judged in this look and in what is shown."""
    told = [shown, *(one.judgement for one in watched.judged)]
    names = issues.names(connection, project, {reason.issue for one in told for reason in one.reasons if reason.issue})

    def named(judgement: Judgement) -> Judgement:
        reasons = (replace(one, issue=names.get(one.issue or "", one.issue)) for one in judgement.reasons)
        return replace(judgement, reasons=tuple(reasons))

    watched.judged = [replace(one, judgement=named(one.judgement)) for one in watched.judged]
    return named(shown)
