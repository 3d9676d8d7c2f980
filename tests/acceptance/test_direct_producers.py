"""Messages produced straight to Kafka by a plain client give the rows that the same things give over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from kafka import KafkaProducer  # type: ignore[import-untyped, unused-ignore]
from sqlalchemy import Engine, func, select

from models.clock import SystemClock
from models.store import tables
from models.wire.times import to_text
from tests.real.installation import Created, Installation, wait_for, wait_until
from tests.real.kafka import Broker
from tests.real.topics import delete_topics

RELEASE, ENVIRONMENT = "shop@1.5.0", "production"
STARTED = to_text(SystemClock().now() - 60_000)
"""Intake takes no session that began five days ago."""
EVENT: dict[str, Any] = {
    "event_id": "9ec79c33ec9942ab8353589fcb2e04dc",
    "release": RELEASE,
    "environment": ENVIRONMENT,
    "user": {"id": "customer-1"},
    "exception": {"values": [{"type": "KeyError", "value": "'price'", "mechanism": {"type": "x", "handled": False}}]},
}
SESSIONS: list[dict[str, Any]] = [
    {"sid": f"{number:032x}", "did": f"customer-{number}", "init": True, "started": STARTED, "status": status}
    | {"attrs": {"release": RELEASE, "environment": ENVIRONMENT}}
    for number, status in enumerate(("ok", "exited", "crashed", "unhandled", "abnormal"), 1)
]
AGGREGATES: dict[str, Any] = {
    "aggregates": [{"started": STARTED, "exited": 7, "errored": 2, "crashed": 1}],
    "attrs": {"release": RELEASE, "environment": ENVIRONMENT},
}
FEEDBACK: dict[str, Any] = {
    "message": "the checkout is broken",
    "release": RELEASE,
    "environment": ENVIRONMENT,
    "event_id": EVENT["event_id"],
    "user": "customer-1",
    "rating": 2,
    "id": "said-1",
}
DEPLOY: dict[str, Any] = {
    "environment": ENVIRONMENT,
    "release": RELEASE,
    "state": "started",
    "at": STARTED,
    "id": "deploy-7",
    "exposure": 0.25,
    "commits": [{"id": "a1f3c9e", "message": "round totals", "author": "ana", "files": ["cart.py"]}],
}


@pytest.fixture
def seatrial(kafka: Broker, fresh_database: str, tmp_path: Path) -> Iterator[Installation]:
    delete_topics(kafka.bootstrap)
    installation = Installation(tmp_path, f"kafka://{kafka.bootstrap}", fresh_database)
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture
def engine(seatrial: Installation) -> Iterator[Engine]:
    engine = seatrial.engine()
    yield engine
    engine.dispose()


def send(seatrial: Installation, project: Created) -> None:
    """By the addresses that SDKs, pipelines and forms use."""
    lines: list[dict[str, Any]] = [{}]
    for kind, items in (("session", SESSIONS), ("sessions", [AGGREGATES])):
        for item in items:
            lines += [{"type": kind}, item]
    post_envelope(seatrial, project, lines)
    post_envelope(seatrial, project, [{"event_id": EVENT["event_id"]}, {"type": "event"}, EVENT])
    headers = {"Authorization": f"Bearer {project.token}"}
    for what, value in (("deploys", DEPLOY), ("feedback", FEEDBACK)):
        url = f"{seatrial.address}/api/v1/projects/{project.project}/{what}"
        answer = httpx2.post(url, json=value, headers=headers)
        assert answer.status_code == 202, answer.text


def post_envelope(seatrial: Installation, project: Created, lines: list[dict[str, Any]]) -> None:
    key = project.dsn.partition("://")[2].partition("@")[0]
    body = "\n".join(json.dumps(line) for line in lines)
    answer = httpx2.post(f"{seatrial.address}/api/{project.number}/envelope/?sentry_key={key}", content=body)
    assert answer.status_code == 200, answer.text


def produce(broker: Broker, project: Created) -> None:
    """As any client does that knows the topics: key and value, no headers."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap)
    name = project.project

    def append(topic: str, entity: str, value: dict[str, Any]) -> None:
        record = json.dumps({"project": name} | value).encode()
        producer.send(f"seatrial.{topic}", key=f"{name}:{entity}".encode(), value=record)

    for session in SESSIONS:
        append("sessions", session["sid"], {"session": session})
    append("sessions", "a1", AGGREGATES | {"id": "a1"})
    append("errors", EVENT["event_id"], {"event": EVENT})
    append("deploys", f"{ENVIRONMENT}:{RELEASE}", DEPLOY)
    append("feedback", FEEDBACK["id"], FEEDBACK)
    producer.flush()
    producer.close()


def rows(engine: Engine, project: str) -> dict[str, Any]:
    """What the store has of a project, but for when, by which partition, and under which key users were hashed."""
    found: dict[str, Any] = {}
    with engine.connect() as connection:
        minute = tables.session_minute.c
        names = ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")
        sums = select(minute.release, minute.environment, *(func.sum(minute[name]) for name in names))
        grouped = sums.where(minute.project == project).group_by(minute.release, minute.environment)
        found["sessions"] = [tuple(map(str, row)) for row in connection.execute(grouped)]
        for table, columns in (
            (tables.event, ("event_id", "release", "environment", "handled")),
            (tables.issue, ("grouping_key", "title", "level")),
            (tables.feedback, ("feedback", "message", "release", "environment", "event_id", "rating")),
            (tables.deploy_fact, ("fact", "deploy", "release", "state", "exposure", "commits", "occurred_at")),
        ):
            told = select(*(table.c[name] for name in columns)).where(table.c.project == project)
            found[table.name] = [tuple(row) for row in connection.execute(told)]
        for table in (tables.hurt_user, tables.issue_user):
            users = select(func.count(func.distinct(table.c.identity))).where(table.c.project == project)
            found[table.name] = connection.execute(users).scalar()
    return found


def test_direct_messages_give_the_rows_of_http(seatrial: Installation, kafka: Broker, engine: Engine) -> None:
    """One project hears of everything over HTTP, another by topics: the same rows."""
    by_http, direct = seatrial.create_project("web"), seatrial.create_project("queue")
    send(seatrial, by_http)
    wait_for(lambda: rows(engine, "web")["sessions"], [(RELEASE, ENVIRONMENT, "15", "9", "2", "1", "1", "2")], 30)
    for table in ("event", "feedback", "deploy_fact", "hurt_user"):
        wait_until(lambda table=table: rows(engine, "web")[table], table)  # type: ignore[misc]
    produce(kafka, direct)
    wait_for(lambda: rows(engine, "queue"), rows(engine, "web"), 30)
