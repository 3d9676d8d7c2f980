"""Whether an action still has a point: it may be tried for hours, and people and later decisions are quicker."""

from typing import Any

from sqlalchemy import Connection, Row, func, select

from actions.call import ROLLBACK
from analytics.correlation.deploys import deploys
from models.domain.deploy import MINUTE
from models.store.queries import deploys as told
from models.store.queries import evidence
from models.store.tables import decision

ENDED = "the release was withdrawn, or another took over, meanwhile"
OF_A_VERDICT = ("hold", "silent_source", "rollback_recommended", "rollback_withheld")
"""What says how a release stands, and is wrong once it stands otherwise."""


def moot(connection: Connection, project: str, kind: str, name: str | None, now: int) -> str | None:
    """Why what decision ``name`` called for is no longer to be sent at ``now`` (ms); None if it is.

    After its deploy has ended, a rollback would take down what replaced it. After another verdict on the deploy, a
    receiver that recovers must not hear of the one before.
    """
    if kind != ROLLBACK and kind not in OF_A_VERDICT:
        return None
    where = (decision.c.project == project, decision.c.decision == name)
    row = connection.execute(select(decision).where(*where)).one_or_none()
    if row is None:
        return None
    if kind in OF_A_VERDICT and (later := _overruled(connection, row)):
        return f"{later} decided otherwise meanwhile"
    return ENDED if _has_ended(connection, row, now) else None


def _overruled(connection: Connection, taken: Row[Any]) -> str | None:
    """The first later decision on the same deploy that has another verdict."""
    columns = decision.c
    length, name = func.length(columns.decision), columns.decision
    later = (length > len(taken.decision)) | ((length == len(taken.decision)) & (name > taken.decision))
    same = (columns.project == taken.project, columns.environment == taken.environment, columns.deploy == taken.deploy)
    query = select(name).where(*same, later, columns.verdict != taken.verdict).order_by(length, name).limit(1)
    return connection.execute(query).scalar()


def _has_ended(connection: Connection, taken: Row[Any], now: int) -> bool:
    facts = told.facts(connection, taken.project, taken.environment).get(taken.environment, [])
    closed = (evidence.closed_to(connection) or 0) // MINUTE
    seen = told.first_sessions(connection, taken.project, closed, taken.environment).get(taken.environment, {})
    ours = [one for one in deploys(taken.environment, facts, seen) if one.deploy == taken.deploy]
    return bool(ours) and not ours[0].runs_at(now)
