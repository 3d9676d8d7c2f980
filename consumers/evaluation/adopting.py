"""Keeps which releases were ever adopted: what was, and is not any more, was replaced."""

from sqlalchemy import Connection, Engine

from analytics.correlation.adoption import ADOPTED, WINDOW_MINUTES
from models.domain.deploy import MINUTE
from models.store import tables
from models.store.queries import adoption, releases
from models.store.sql import SqlUnitOfWork

EVERY = 10 * MINUTE
"""ms between two looks at a project: six times as often as Sentry does, for a rollout may be over in an hour."""


class Adoptions:
    """One instance for each evaluator."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._due_at: dict[str, int] = {}

    def tick(self, project: str, now: int) -> None:
        """Keep the releases that reached the share since the last look. ``now`` in ms."""
        if now < self._due_at.get(project, 0):
            return
        minute = now // MINUTE
        with self._engine.connect() as connection:
            found = [
                {"project": project, "environment": environment, "release": release, "minute": minute}
                for environment in releases.environments(connection, project)
                for release in _new(connection, project, environment, minute)
            ]
        if found:
            with SqlUnitOfWork(self._engine) as unit:
                unit.insert_new(tables.adoption, found)
        self._due_at[project] = now + EVERY


def _new(connection: Connection, project: str, environment: str, minute: int) -> list[str]:
    """The releases that have the share now, and were not known to."""
    started = adoption.started(connection, project, environment, minute - WINDOW_MINUTES)
    known, every = adoption.adopted(connection, project, environment), sum(started.values())
    return [one for one, count in started.items() if one not in known and count >= ADOPTED * every]
