"""The whole HTTP side for tests: a real store on SQLite, a log in memory, a clock that stands still, two projects."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine, Table, insert
from starlette.testclient import TestClient

from api.app import Services, build_app
from api.intake.intake import build_intake
from api.intake.protection import Protection
from consumers.runtime import Consumer
from models.clock import SimulatedClock
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.queries.tokens import Created, create_project
from models.store.sql import SqlStore
from models.wire.topics import all_topics
from seatrial.keys import StoredKeys
from tests.fakes.consuming import consume
from tests.fakes.log import MemoryLog

NOW = 1_795_390_740_000
"""2026-11-22T23:39:00Z."""
URL = "http://127.0.0.1:8321"
HERE = ("127.0.0.1", 50_000)
ELSEWHERE = ("192.0.2.7", 50_000)


@dataclass
class Serving:
    engine: Engine
    log: MemoryLog
    clock: SimulatedClock
    app: FastAPI
    services: Services
    shop: Created
    other: Created
    client: TestClient
    """On this machine, without a token."""
    faults: list[str] = field(default_factory=list)

    def get(self, path: str, **query: Any) -> Any:
        """What a call of the project ``shop`` answers, as JSON."""
        answer = self.client.get(f"/api/v1/projects/shop{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, value: Any, **headers: str) -> Any:
        """The answer to JSON, or to bytes as they are."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        told = {"content-type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.post(f"/api/v1/projects/shop{path}", content=body, headers=told)

    def values(self, topic: str) -> list[dict[str, Any]]:
        return [json.loads(record.value or b"") for record in self.log.records(topic)]

    def consume(self) -> None:
        """Everything in the log becomes rows."""
        consume(Consumer(self.log, SqlStore(self.engine), self.clock))

    def insert(self, table: Table, *rows: dict[str, Any]) -> None:
        with self.engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
            connection.execute(insert(table), [{"project": "shop"} | row for row in rows])

    def elsewhere(self, **headers: str) -> TestClient:
        """A client on another machine, on the same running application and its event loop."""
        client = TestClient(self.app, base_url="http://seatrial.example", client=ELSEWHERE, headers=headers)
        client.portal = self.client.portal
        return client


@contextmanager
def serving_of(engine: Engine, clock: SimulatedClock) -> Iterator[TestClient]:
    """Only the answers, over a store that others fill; the client is on this machine."""
    log = MemoryLog(clock, all_topics(2))
    intake = build_intake(StoredKeys(engine), log.writer(), clock)
    app = build_app(Services(engine, intake, intake.appender, clock, URL, open_on_loopback=True))
    with TestClient(app, base_url=URL, client=HERE) as client:
        yield client


@contextmanager
def serving(folder: Path, *, open_on_loopback: bool = True, protection: Protection | None = None) -> Iterator[Serving]:
    engine = open_engine(f"sqlite:///{folder}/store.db")
    migrate(engine)
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        shop = create_project(connection, "shop", None, None, NOW)
        other = create_project(connection, "other", None, None, NOW)
    clock = SimulatedClock(NOW)
    log = MemoryLog(clock, all_topics(2))
    intake = build_intake(StoredKeys(engine), log.writer(), clock, protection=protection)
    faults: list[str] = []
    services = Services(engine, intake, intake.appender, clock, URL, open_on_loopback, faults=lambda: faults)
    app = build_app(services)
    with TestClient(app, base_url=URL, client=HERE, raise_server_exceptions=False) as client:
        yield Serving(engine, log, clock, app, services, shop, other, client, faults)
    engine.dispose()
