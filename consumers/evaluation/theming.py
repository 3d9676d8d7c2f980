"""Themes, gathered anew for each release that people wrote about since the last time."""

import msgspec
import structlog
from sqlalchemy import Engine, and_, delete

from analytics.feedback.themes import Said, Theme, themes
from models.store import tables
from models.store.queries import feedback
from models.store.sql import SqlUnitOfWork

log = structlog.get_logger()

EVERY = 5_000
"""ms between two looks for what was written."""
FAILED = -1
"""Comes after every span."""
SPAN = 60 * 60_000
"""ms over which what was written is counted together. An event may come so much later than what was said of it."""
MESSAGES = 2_000
"""The newest ones of a release; older ones say little of what it is like now."""

Place = tuple[str, str, str]
"""Project, environment and release."""


class Themes:
    """Keeps themes up to date; one instance for each evaluator."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counts: dict[tuple[str, str, str, int], int] = {}
        """How much was written of each release in each of the last spans, as it was counted last."""
        self._since: int | None = None
        """From when on (ms) something may have been written since; None before the first count."""
        self._due: dict[Place, int] = {}
        """What is to be gathered, and the last span in which something was written of it."""
        self._due_at = 0

    def tick(self, now: int, *, all_due: bool = False) -> None:
        """Gather one release, the one written of last, for the watch waits meanwhile; or all of them. ``now`` in ms."""
        if all_due or now >= self._due_at:
            self._due_at = now + EVERY
            self._count()
        places = sorted(self._due, key=lambda place: (-self._due[place], place))
        for place in places if all_due else places[:1]:
            self._try(place, now)

    def _count(self) -> None:
        with self._engine.connect() as connection:
            read_to = feedback.read_to(connection)
            before = feedback.gathered(connection) if self._since is None else {}
            counts = feedback.written(connection, self._since or 0, SPAN)
        for (project, environment, release, span), count in counts.items():
            place = (project, environment, release)
            if self._counts.get((*place, span)) != count and before.get(place, 0) < (span + 2) * SPAN:
                self._due[place] = max(span, self._due.get(place, 0))
        self._since = max(read_to // SPAN - 1, 0) * SPAN
        self._counts = {key: count for key, count in counts.items() if key[3] * SPAN >= self._since}

    def _try(self, place: Place, now: int) -> None:
        """What fails is tried again when nothing else is to be done."""
        try:
            self._gather(*place, now)
        except Exception:
            log.exception("themes.failed", project=place[0], environment=place[1], release=place[2])
            self._due[place] = FAILED
        else:
            del self._due[place]

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
