"""The real Kafka stopped under load: nothing that was answered is lost, and each session's order is kept."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from consumers.runtime import Consumer
from models.clock import SystemClock
from models.log.address import open_log
from models.store.queries.ledger import ledger_of
from models.store.sql import SqlStore
from tests.real.installation import Created, Installation, wait_until
from tests.real.kafka import Broker, RealKafka
from tests.real.load import Compared, Load, compare
from tests.real.process import accepts
from tests.real.topics import delete_topics

OUTAGE_SECONDS = float(os.environ.get("SEATRIAL_TEST_OUTAGE_SECONDS", "8"))
"""`python -m benchmarks.outage` takes 60."""
PER_SECOND = 200.0
PATIENCE_SECONDS = 120.0
Start = Callable[..., tuple[Installation, Created]]


@pytest.fixture
def broker(kafka: Broker) -> RealKafka:
    if not isinstance(kafka, RealKafka):
        pytest.skip("only a broker of our own can be stopped")
    return kafka


@pytest.fixture
def start(broker: RealKafka, tmp_path: Path) -> Iterator[Start]:
    """`seatrial serve api` on Kafka, with a project."""
    started = []

    def serve(**settings: str) -> tuple[Installation, Created]:
        delete_topics(broker.bootstrap)
        serving = Installation(tmp_path, f"kafka://{broker.bootstrap}", command=("serve", "api"), more=settings)
        serving.run("migrate")
        project = serving.create_project()
        _start(serving)
        started.append(serving)
        return serving, project

    yield serve
    for serving in started:
        serving.stop()


def _start(serving: Installation) -> None:
    serving.start()
    wait_until(lambda: accepts(serving.settings.port), "intake listens")


def ready(serving: Installation) -> Any:
    return httpx2.get(f"{serving.address}/readyz", timeout=10).json()


def pause(load: Load, seconds: float) -> None:
    """Until so much more was sent."""
    enough = load.answers.total() + seconds * load.per_second
    wait_until(lambda: load.answers.total() >= enough, "the load goes on", PATIENCE_SECONDS + seconds)


def outage(broker: RealKafka, serving: Installation, load: Load, *, killed: bool = False) -> None:
    """The broker away for a time under load, intake killed in the midst of it or not, until all is well again."""
    load.start()
    pause(load, 2)
    broker.stop()
    try:
        pause(load, OUTAGE_SECONDS / 2)
        if killed:
            serving.kill()
            _start(serving)
        pause(load, OUTAGE_SECONDS / 2)
        found = ready(serving)
        assert found["status"] == "ready", found
        assert found["notes"], found
        assert found["spool"]["bytes"] > 0, found
    finally:
        broker.start()
    wait_until(lambda: ready(serving)["spool"]["bytes"] == 0, "the spool is empty", PATIENCE_SECONDS)
    pause(load, 1)
    load.stop()


def compared(serving: Installation, load: Load) -> Compared:
    return compare(load, open_log(serving.settings.log_address, SystemClock()))


def ledger(serving: Installation, project: Created, enough: Callable[[dict[str, int]], bool]) -> dict[str, int]:
    """The fates of sessions, once the consumers have read ``enough``; those that nothing had are left out."""
    engine = serving.engine()
    consumer = Consumer(open_log(serving.settings.log_address, SystemClock()), SqlStore(engine), SystemClock())

    def look() -> dict[str, int]:
        consumer.step(1.0)
        with engine.connect() as connection:
            return ledger_of(connection, project.project)["session"]

    try:
        wait_until(lambda: enough(look()), "the consumers read it", PATIENCE_SECONDS)
        return {fate: count for fate, count in look().items() if count}
    finally:
        consumer.close()
        engine.dispose()


def test_an_outage_under_load_loses_nothing(start: Start, broker: RealKafka) -> None:
    """All is answered 200 meanwhile, is in the log afterwards, in order, and counted once."""
    serving, project = start()
    load = Load(project.dsn, PER_SECOND)
    outage(broker, serving, load)
    sent = load.answers.total()
    assert load.answers == {200: sent}
    found = compared(serving, load)
    assert (found.lost, found.disordered) == (0, 0)
    serving.stop()
    fates = ledger(serving, project, lambda told: told["stored"] == sent and not told["in_flight"])
    assert fates == {"received": sent, "stored": sent}


def test_a_kill_in_the_midst_of_an_outage_loses_nothing(start: Start, broker: RealKafka) -> None:
    """SIGKILL of intake, and a start while the log is still down: what was spooled is shipped by the next process."""
    serving, project = start()
    load = Load(project.dsn, PER_SECOND)
    outage(broker, serving, load, killed=True)
    assert set(load.answers) <= {0, 200}
    found = compared(serving, load)
    assert (found.lost, found.disordered) == (0, 0)


def test_past_the_spool_s_bound_clients_are_refused_and_counted(start: Start, broker: RealKafka) -> None:
    """503 once a project's share of it is full; as many are `rate_limited` as were refused, and the others are kept."""
    serving, project = start(SEATRIAL_SPOOL_BYTES="400000")
    load = Load(project.dsn, PER_SECOND)
    load.start()
    broker.stop()
    try:
        wait_until(lambda: load.answers[503] >= 100, "the spool is full", PATIENCE_SECONDS)
        told = ready(serving)
        assert (told["status"], told["spool"]["bytes"] > 0) == ("ready", True)  # other projects have room in it
    finally:
        broker.start()
    wait_until(lambda: ready(serving)["spool"]["bytes"] == 0, "the spool is empty", PATIENCE_SECONDS)
    load.stop()
    assert set(load.answers) == {200, 503}
    found = compared(serving, load)
    assert (found.lost, found.disordered) == (0, 0)
    serving.stop()
    sent, refused = load.answers.total(), load.answers[503]
    fates = ledger(serving, project, lambda told: told["received"] == sent and not told["in_flight"])
    assert fates == {"received": sent, "stored": sent - refused, "rate_limited": refused}
