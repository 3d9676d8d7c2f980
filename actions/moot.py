"""Whether a rollback still has anything to undo: it may be tried for an hour, and people are quicker."""

from sqlalchemy import Connection, select

from analytics.correlation.deploys import deploys
from models.domain.deploy import MINUTE
from models.store.queries import deploys as told
from models.store.queries import evidence
from models.store.tables import decision


def is_moot(connection: Connection, project: str, name: str | None, now: int) -> bool:
    """Whether the deploy that decision ``name`` was taken on was withdrawn, or another took over, before ``now`` (ms).

    Sent all the same, the rollback would take down what replaced it.
    """
    columns = decision.c
    where = (columns.project == project, columns.decision == name)
    row = connection.execute(select(columns.environment, columns.deploy).where(*where)).one_or_none()
    if row is None:
        return False
    facts = told.facts(connection, project).get(row.environment, [])
    closed = (evidence.closed_to(connection) or 0) // MINUTE
    seen = told.first_sessions(connection, project, closed).get(row.environment, {})
    ours = [one for one in deploys(row.environment, facts, seen) if one.deploy == row.deploy]
    return bool(ours) and not ours[0].runs_at(now)
