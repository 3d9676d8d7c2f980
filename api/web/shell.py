"""What surrounds every page of a project: where one is, how old the data are, and what of ours is broken."""

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends, Query, Request
from sqlalchemy import Connection

from api.access import COOKIE, Allowed, Known
from api.problems import not_found
from api.services import Services
from models.store.queries import evidence, freshness, releases, tokens

STALE = 120_000
"""ms. From here on the age of the data is a sentence."""

Environment: TypeAlias = Annotated[str, Query(min_length=1, max_length=64)]
Cursor: TypeAlias = Annotated[str | None, Query(max_length=1000)]
Text: TypeAlias = Annotated[str | None, Query(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Shell:
    """Times in ms."""

    project: str
    environment: str
    environments: tuple[str, ...]
    now: int
    data_to: int | None
    degraded: str | None
    signed_in: bool

    @property
    def behind(self) -> int | None:
        return None if self.data_to is None else max(0, self.now - self.data_to)

    @property
    def stale(self) -> bool:
        return self.behind is not None and self.behind > STALE


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at which environment of which project."""

    project: str
    environment: str
    services: Services
    signed_in: bool

    def shell(self, connection: Connection) -> Shell:
        """Raises `Problem` (404) where there is no such project."""
        if self.project not in tokens.projects(connection):
            hint = "See the list of projects, or make it by `seatrial project create`."
            raise not_found("project", self.project, hint)
        now = self.services.clock.now()
        return Shell(
            project=self.project,
            environment=self.environment,
            environments=tuple(releases.environments(connection, self.project)),
            now=now,
            data_to=evidence.closed_to(connection),
            degraded=freshness.degradation(connection, now),
            signed_in=self.signed_in,
        )


def looking(request: Request, access: Allowed, services: Known, environment: Environment = "production") -> Looking:
    return Looking(access.project, environment, services, COOKIE in request.cookies)


Look: TypeAlias = Annotated[Looking, Depends(looking)]
