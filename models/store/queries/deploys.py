"""Facts about the deploys of a project; `analytics.correlation.deploys` folds them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from models.domain.deploy import MINUTE, DeployFact
from models.store.tables import deploy_fact, release_seen


@dataclass(frozen=True, slots=True)
class Finished:
    """A deploy that succeeded. Time in ms."""

    fact: str
    environment: str
    name: str | None
    url: str | None
    finished_at: int


def facts(connection: Connection, project: str, environment: str | None = None) -> Mapping[str, list[DeployFact]]:
    """The facts of each environment, or of one alone."""
    columns = deploy_fact.c
    told = (columns.fact, columns.environment, columns.deploy, columns.release, columns.state)
    planned = (columns.exposure, columns.replaces, columns.irreversible, columns.booked_at)
    query = select(*told, *planned).where(columns.project == project)
    if environment is not None:
        query = query.where(columns.environment == environment)
    found: dict[str, list[DeployFact]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.environment].append(DeployFact(*row))
    return found


def first_sessions(
    connection: Connection, project: str, before: int, environment: str | None = None
) -> Mapping[str, Mapping[str, int]]:
    """By environment, the start (ms) of the minute of each release's first session, if before minute ``before``."""
    columns = release_seen.c
    earliest = func.min(columns.first_minute)
    query = (
        select(columns.environment, columns.release, earliest)
        .where(columns.project == project, columns.topic == "sessions")
        .group_by(columns.environment, columns.release)
        .having(earliest < before)
    )
    if environment is not None:
        query = query.where(columns.environment == environment)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for place, release, minute in connection.execute(query):
        found[place][release] = minute * MINUTE
    return found


def finished(connection: Connection, project: str, release: str) -> list[Finished]:
    """The deploys of a release that succeeded, over all environments, the newest first."""
    columns = deploy_fact.c
    where = (columns.project == project, columns.release == release, columns.state == "succeeded")
    told = (columns.fact, columns.environment, columns.name, columns.url, columns.occurred_at)
    rows = connection.execute(select(*told).where(*where).order_by(columns.occurred_at.desc(), columns.fact))
    return [Finished(*row) for row in rows]
