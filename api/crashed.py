"""Which issues the failed sessions of a release came from. Numbers add up: those of the issues, and the unexplained."""

from sqlalchemy import Connection

from analytics.correlation.crashes import Explained, FailedSession, UnhandledEvent, explain
from models.store.queries import crashes


def crashed_by_issue(connection: Connection, project: str, environment: str, release: str) -> Explained:
    """How many failed sessions each issue explains; see `analytics.correlation.crashes`."""
    place = (project, environment, release)
    total = crashes.total(connection, *place)
    if total <= 0:
        return Explained()
    sessions = [FailedSession(*row) for row in crashes.sessions(connection, *place)]
    events = [UnhandledEvent(row[0].hex(), *row[1:]) for row in crashes.events(connection, *place)]
    return explain(total, sessions, events)
