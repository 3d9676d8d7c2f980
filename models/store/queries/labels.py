"""All of a project's decisions with what people said of them, without their documents."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.domain.decision import Outcome
from models.domain.verdict import Verdict
from models.store.tables import decision, outcome


@dataclass(frozen=True, slots=True)
class Judged:
    decision: str
    deploy: str
    verdict: Verdict
    outcomes: tuple[Outcome, ...]


def of_project(connection: Connection, project: str) -> list[Judged]:
    columns = decision.c
    taken = select(columns.decision, columns.environment, columns.deploy, columns.verdict)
    said = _said(connection, project)
    return [
        # One id may be a deploy in two environments.
        Judged(row.decision, f"{row.environment} {row.deploy}", Verdict(row.verdict), tuple(said[row.decision]))
        for row in connection.execute(taken.where(columns.project == project))
    ]


def _said(connection: Connection, project: str) -> dict[str, list[Outcome]]:
    columns = outcome.c
    told = (columns.decision, columns.outcome, columns.label, columns.reason, columns.said_by, columns.booked_at)
    query = select(*told).where(columns.project == project).order_by(columns.booked_at, columns.outcome)
    found: dict[str, list[Outcome]] = defaultdict(list)
    for of, *values in connection.execute(query):
        found[of].append(Outcome(*values))
    return found
