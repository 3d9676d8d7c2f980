"""The decision log with its outcomes; append-only."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from models.domain.decision import Decision, Frozen, Outcome
from models.domain.verdict import Judgement, Mode, Verdict
from models.store.tables import decision, outcome

PAGE = 50
CALLED = '%"action":{%'
"""The mark of a document that has a call; within its texts, quotation marks are escaped."""


def listed(
    connection: Connection,
    project: str,
    *,
    release: str | None = None,
    environment: str | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Decision]:
    """Newest first. ``before``: the number of the last decision of the page before (9 for ``d-9``)."""
    columns = decision.c
    number = func.length(columns.decision), columns.decision
    query = select(decision).where(columns.project == project)
    if release is not None:
        query = query.where(columns.release == release)
    if environment is not None:
        query = query.where(columns.environment == environment)
    if before is not None:
        last = f"d-{before}"
        shorter = func.length(columns.decision) < len(last)
        query = query.where(shorter | ((func.length(columns.decision) == len(last)) & (columns.decision < last)))
    rows = connection.execute(query.order_by(*(column.desc() for column in number)).limit(limit)).all()
    said = outcomes(connection, project, [row.decision for row in rows])
    return [_decision(row, said.get(row.decision, ())) for row in rows]


def view(connection: Connection, project: str, name: str) -> Decision | None:
    return named(connection, project, [name]).get(name)


def named(connection: Connection, project: str, names: Collection[str]) -> dict[str, Decision]:
    """Those of these names that there are."""
    query = select(decision).where(decision.c.project == project, decision.c.decision.in_(names))
    rows = connection.execute(query).all() if names else []
    said = outcomes(connection, project, [row.decision for row in rows]) if rows else {}
    return {row.decision: _decision(row, said.get(row.decision, ())) for row in rows}


def calling(connection: Connection, project: str, environment: str, deploys: Collection[str]) -> dict[str, Decision]:
    """By deploy, the last decision on it that called for something, without what people said of it."""
    columns = decision.c
    of = (columns.project == project, columns.environment == environment, columns.deploy.in_(deploys))
    query = select(decision).where(*of, columns.document.like(CALLED))
    rows = connection.execute(query.order_by(func.length(columns.decision), columns.decision)).all() if deploys else []
    return {row.deploy: _decision(row, ()) for row in rows}


def outcomes(connection: Connection, project: str, names: Collection[str]) -> dict[str, tuple[Outcome, ...]]:
    """By decision, what people said of it, in the order in which they said it."""
    columns = outcome.c
    said = (columns.decision, columns.outcome, columns.label, columns.reason, columns.said_by, columns.booked_at)
    query = select(*said).where(columns.project == project, columns.decision.in_(names))
    found: dict[str, list[Outcome]] = defaultdict(list)
    for of, *values in connection.execute(query.order_by(columns.booked_at, columns.outcome)):
        found[of].append(Outcome(*values))
    return {of: tuple(some) for of, some in found.items()}


def count(connection: Connection, project: str) -> int:
    """How many there are: the next one has the number after it, for none is ever deleted."""
    query = select(func.count()).select_from(decision).where(decision.c.project == project)
    return connection.execute(query).scalar() or 0


def _decision(row: Row[*tuple[Any, ...]], said: Sequence[Outcome]) -> Decision:
    return Decision(
        project=row.project,
        decision=row.decision,
        environment=row.environment,
        deploy=row.deploy,
        release=row.release,
        minute=row.minute,
        verdict=Verdict(row.verdict),
        mode=Mode(row.mode),
        policy=row.policy,
        taken_by=row.taken_by,
        provisional=row.provisional,
        decided_at=row.decided_at,
        document=msgspec.json.decode(row.document),
        judgement=msgspec.json.decode(row.judgement, type=Judgement),
        evidence=msgspec.json.decode(row.evidence, type=Frozen),
        outcomes=tuple(said),
    )
