"""Themes, gathered anew for each release that people wrote about since the last time."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Engine, and_, delete, select

from analytics.feedback.themes import Said, Theme, themes
from models.store import tables
from models.store.queries import feedback
from models.store.sql import SqlUnitOfWork

EVERY = 5_000
"""ms between two gatherings: people read themes, and a gathering of the most messages takes about a second."""
MESSAGES = 2_000
"""The newest ones of a release; older ones say little of what it is like now."""

Place = tuple[str, str, str]
"""Project, environment and release."""


class Themes:
    """Keeps themes up to date; one instance for each evaluator."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._gathered: dict[Place, int] = {}
        """How many pieces of feedback each release had when its themes were gathered last."""
        self._due_at = 0

    def tick(self, now: int) -> None:
        """Gather where something was written. ``now`` in ms."""
        if now < self._due_at:
            return
        self._due_at = now + EVERY
        for place, count in list(self._counts()):
            if self._gathered.get(place) != count:
                self._gather(*place, now)
                self._gathered[place] = count

    def _counts(self) -> Iterator[tuple[Place, int]]:
        told = tables.feedback.c
        with self._engine.connect() as connection:
            places = select(told.project, told.environment).distinct()
            for project, environment in connection.execute(places.order_by(told.project, told.environment)).all():
                for release, count in sorted(feedback.counts(connection, project, environment).items()):
                    yield (project, environment, release), count

    def _gather(self, project: str, environment: str, release: str, now: int) -> None:
        with self._engine.connect() as connection:
            said = feedback.listed(connection, project, environment, release, limit=MESSAGES)
            before = feedback.themes(connection, project, environment, release)
        found = themes(
            [Said(one.feedback, one.message) for one in said],
            [Theme(one.theme, one.name, one.members) for one in before],
        )
        table = tables.theme
        place = {"project": project, "environment": environment, "release": release}
        rows = [
            place
            | {"theme": one.theme, "name": one.name, "members": msgspec.json.encode(one.members).decode()}
            | {"updated_at": now}
            for one in found
        ]
        with SqlUnitOfWork(self._engine) as unit:
            gone = and_(*(table.c[name] == value for name, value in place.items()))
            unit.connection.execute(delete(table).where(gone, table.c.theme.not_in([one.theme for one in found])))
            unit.put(table, rows)
