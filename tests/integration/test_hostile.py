"""Requests that mean harm, over real sockets, at a real `seatrial serve api`: their codes, their lines in the ledger.

They are sent one after another, and the slow ones all the while, as somebody else's events go on arriving; then intake
is stopped, the consumers read all that is in the log, and each attack's own project shows what became of it.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import select

from consumers.runtime import Consumer
from models.clock import SystemClock
from models.log.address import open_log
from models.store import tables
from models.store.queries.tokens import Created, create_project
from models.store.sql import SqlStore
from tests.fakes.consuming import consume
from tests.fakes.intake import envelope
from tests.real.attacks import ATTACKS, STALLS, Target, send, stall
from tests.real.installation import Installation, wait_until
from tests.real.process import accepts

ALL = ATTACKS | STALLS


@dataclass
class Other:
    """Whoever sends their own events meanwhile."""

    address: str
    project: Created
    answers: Counter[int] = field(default_factory=Counter)

    def send(self, until: threading.Event) -> None:
        with httpx2.Client(base_url=self.address, timeout=60) as client:
            while not until.is_set():
                body = envelope(("event", {"event_id": uuid4().hex, "message": "boom", "release": "shop@1.0"}))
                path = f"/api/{self.project.number}/envelope/?sentry_key={self.project.public_key}"
                self.answers[client.post(path, content=body).status_code] += 1


@dataclass(frozen=True)
class Outcome:
    """What came of all attacks."""

    statuses: Mapping[str, tuple[int, ...]]
    ledger: Mapping[str, Mapping[str, int]]
    """By project: that of an attack has its name."""
    others: Counter[int]
    said: str
    """By the server, on its output."""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    serving = Installation(tmp_path_factory.mktemp("hostile"), command=("serve", "api"))
    serving.run("migrate")
    with ExitStack() as stack:
        engine = serving.engine()
        stack.callback(engine.dispose)
        with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
            projects = {name: create_project(connection, name, None, None, 0) for name in (*ALL, "other")}
        serving.start()
        try:
            wait_until(lambda: accepts(serving.settings.port), "intake listens")
            statuses, others = _attack(serving, projects)
        finally:
            serving.stop()
        log = open_log(serving.settings.log_address, SystemClock())
        consume(Consumer(log, SqlStore(engine), SystemClock()))
        with engine.connect() as connection:
            rows = connection.execute(select(tables.ledger)).all()
        ledger: dict[str, Counter[str]] = {name: Counter() for name in projects}
        for row in rows:
            ledger[row.project][f"{row.category} {row.fate}"] += row._mapping["count"]
        yield Outcome(statuses, ledger, others, serving.output.read_text())


def _attack(serving: Installation, projects: Mapping[str, Created]) -> tuple[dict[str, tuple[int, ...]], Counter[int]]:
    other, done = Other(serving.address, projects["other"]), threading.Event()
    beside = threading.Thread(target=other.send, args=(done,))
    beside.start()
    targets = {name: Target(serving.settings.port, made.number, made.public_key) for name, made in projects.items()}
    try:
        with ThreadPoolExecutor(len(STALLS)) as slow:
            stalling = {name: slow.submit(stall, targets[name], one) for name, one in STALLS.items()}
            statuses = {name: send(targets[name], attack) for name, attack in ATTACKS.items()}
            statuses |= {name: one.result() for name, one in stalling.items()}
    finally:
        done.set()
        beside.join()
    return statuses, other.answers


@pytest.mark.parametrize("name", ALL)
def test_an_attack_is_answered_and_accounted_for(outcome: Outcome, name: str) -> None:
    """It has its code, and its line in the ledger."""
    assert outcome.statuses[name] == ALL[name].statuses
    assert outcome.ledger[name] == ALL[name].fates


def test_others_are_served(outcome: Outcome) -> None:
    """Whoever else sends is answered each time, and what they sent is stored."""
    assert outcome.others.keys() == {200}
    assert outcome.ledger["other"] == {f"error {fate}": outcome.others[200] for fate in ("accepted", "stored")}


def test_nothing_fails_within(outcome: Outcome) -> None:
    """No attack is a fault of ours: the server's own output tells of none."""
    assert "Traceback" not in outcome.said
    events = [json.loads(line) for line in outcome.said.splitlines() if line.startswith("{")]
    assert [one for one in events if one.get("level") in {"error", "critical"}] == []
