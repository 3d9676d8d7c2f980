"""Intake for tests: one project, a log in memory, a clock that stands still, and a client that speaks to it."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.intake.addresses.routes import routes
from api.intake.intake import Intake, build_intake
from api.intake.keys import ProjectKeys
from api.intake.protection import Protection
from models.clock import SimulatedClock
from models.domain.project import ProjectSettings
from models.wire.topics import all_topics
from tests.fakes.log import MemoryLog

NUMBER = 42
KEY = "0123456789abcdef0123456789abcdef"
PROJECT = ProjectKeys("shop", frozenset({KEY}), b"identity key of the tests")
URL = f"/api/{NUMBER}/envelope/"
NOW = 1_795_390_740_000
"""2026-11-22T23:39:00Z: the day of the recordings, after the last of them."""


class OneProject:
    """The `Keys` port with one project, number 42."""

    def __init__(self, settings: ProjectSettings | None = None) -> None:
        self._project = replace(PROJECT, settings=settings or ProjectSettings())

    def project(self, number: int) -> ProjectKeys | None:
        return self._project if number == NUMBER else None

    def number(self, public_key: str) -> int | None:
        return NUMBER if public_key == KEY else None


@dataclass(frozen=True, slots=True)
class Serving:
    client: TestClient
    log: MemoryLog
    intake: Intake

    def values(self, topic: str) -> list[dict[str, Any]]:
        """What the log has on a topic."""
        return [json.loads(record.value or b"") for record in self.log.records(topic)]

    @property
    def totals(self) -> Mapping[tuple[str, str], int]:
        return self.intake.tally.totals


@contextmanager
def serving(
    now: int = NOW, protection: Protection | None = None, settings: ProjectSettings | None = None
) -> Iterator[Serving]:
    """Intake behind HTTP, started and stopped with its event loop."""
    clock = SimulatedClock(now)
    log = MemoryLog(clock, all_topics(2))
    intake = build_intake(OneProject(settings), log.writer(), clock, protection=protection)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        intake.start()
        yield
        await intake.stop()

    app = Starlette(routes=routes(intake), lifespan=lifespan)
    with TestClient(app, headers={"X-Sentry-Auth": f"Sentry sentry_key={KEY}, sentry_version=7"}) as client:
        yield Serving(client, log, intake)


def envelope(*items: tuple[str, object], headers: Mapping[str, object] | None = None) -> bytes:
    """An envelope with these items, each a type and a payload: bytes as they are, anything else as JSON."""
    lines = [json.dumps(headers or {}).encode()]
    for kind, payload in items:
        encoded = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        lines += [json.dumps({"type": kind, "length": len(encoded)}).encode(), encoded]
    return b"\n".join(lines) + b"\n"
