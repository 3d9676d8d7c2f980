"""How far the deploy that counts for each release was judged; never how another deploy of it fared."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.correlation.deploys import WITHDRAWN, deploys
from models.domain.deploy import MINUTE, Deploy
from models.store.queries import deploys as told
from models.store.queries import evaluations, evidence
from models.store.queries.evaluations import Evaluation


@dataclass(frozen=True, slots=True)
class Standing:
    """Nothing of both: nobody knows the release, or nothing of it is judged."""

    evaluation: Evaluation | None = None
    told_at: int | None = None
    """When a deploy that still waits for its first evaluation was told; ms."""

    @property
    def evaluated_at(self) -> int | None:
        """None for what is no longer watched: that cannot be overdue."""
        return None if self.evaluation is None or self.evaluation.ended else self.evaluation.evaluated_at


def standings(connection: Connection, project: str, environment: str, releases: Collection[str]) -> dict[str, Standing]:
    """Of each release, in the environment."""
    known = _deploys(connection, project, environment)
    counting = {release: _counting(one for one in known if one.release == release) for release in releases}
    names = [deploy.deploy for deploy in counting.values() if deploy]
    found = evaluations.of_deploys(connection, project, environment, names)
    return {release: _standing(deploy, found) for release, deploy in counting.items()}


def _deploys(connection: Connection, project: str, environment: str) -> list[Deploy]:
    closed = (evidence.closed_to(connection) or 0) // MINUTE
    facts = told.facts(connection, project, environment).get(environment, [])
    seen = told.first_sessions(connection, project, closed, environment).get(environment, {})
    return deploys(environment, facts, seen)


def _counting(ours: Iterable[Deploy]) -> Deploy | None:
    """The newest that runs, else the newest; a return to the release is not judged, and counts for nothing."""
    judged = [one for one in ours if not one.is_return]
    running = [one for one in judged if one.ended_at is None]
    return next(reversed(running or judged), None)


def _standing(deploy: Deploy | None, found: dict[str, Evaluation]) -> Standing:
    if deploy is None:
        return Standing()
    evaluation = found.get(deploy.deploy)
    waits = evaluation is None and deploy.ended_by not in WITHDRAWN
    return Standing(evaluation, deploy.started_at if waits else None)
