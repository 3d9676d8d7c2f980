"""SIGKILL, again and again, each time with a batch in flight: every count is exact, nothing is doubled."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import msgspec
import pytest

from models.clock import SystemClock
from models.log.address import open_log
from models.ports import LogUnavailable
from models.wire import topics
from tests.real import chaos
from tests.real.installation import Installation, wait_for
from tests.real.kafka import Broker
from tests.real.postgres import Database
from tests.real.topics import delete_topics

EVENTS = 20_000
KILLS = 20
PATIENCE = 120.0


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints although the test passes: a run tells how many transactions it cut off."""

    def print_out(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}")  # noqa: T201

    return print_out


@pytest.fixture
def consumers(kafka: Broker, fresh_database: str, tmp_path: Path) -> Iterator[Installation]:
    """One consumer process on Kafka and PostgreSQL, not started yet."""
    delete_topics(kafka.bootstrap)
    log = f"kafka://{kafka.bootstrap}"
    installation = Installation(tmp_path, log=log, store=fresh_database, command=("serve", "consumers"))
    installation.run("migrate")
    yield installation
    installation.stop()


def test_killed_consumers_on_kafka_and_postgresql_count_exactly(
    consumers: Installation, kafka: Broker, postgres: Database, say: Callable[[str], None]
) -> None:
    """20,000 events, 20 kills, the broker and the database restarted in between."""
    consumers.create_project()
    consumers.start()
    cut_off = 0
    for kill in range(KILLS):
        _append(consumers.settings.log_address, kill * EVENTS // KILLS, (kill + 1) * EVENTS // KILLS)
        cut_off += chaos.await_transaction(consumers.settings.store_address)
        consumers.kill()
        if kill in (6, 13):
            _restart(kafka)
        if kill in (9, 13):
            _restart(postgres)
        consumers.start()
    say(f"Kafka and PostgreSQL: {KILLS} kills, {cut_off} of them with a transaction open")
    _expect_exact(consumers)
    assert cut_off == KILLS


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    embedded = Installation(tmp_path)
    embedded.start()
    yield embedded
    embedded.stop()


def test_a_killed_installation_on_the_embedded_default_counts_exactly(
    installation: Installation, say: Callable[[str], None]
) -> None:
    """20,000 events by HTTP, and 20 times all of `seatrial up` at once; what was not answered is sent again."""
    project = installation.create_project()
    cut_off = 0
    for kill in range(KILLS):
        sender = Sender(project.dsn, kill * EVENTS // KILLS, (kill + 1) * EVENTS // KILLS)
        sender.start()
        cut_off += chaos.await_transaction(installation.settings.store_address)
        installation.kill()
        installation.start()
        sender.join()
        assert not sender.refused
    say(f"embedded default: {KILLS} kills, {cut_off} of them with a transaction open")
    _expect_exact(installation)
    assert cut_off == KILLS


class Sender(threading.Thread):
    """Sends events by HTTP, each until it is answered: an SDK would drop them, so the test takes the SDK's place."""

    def __init__(self, dsn: str, first: int, last: int) -> None:
        super().__init__(daemon=True)
        scheme, _, rest = dsn.partition("://")
        key, _, place = rest.partition("@")
        host, _, number = place.rpartition("/")
        self._url = f"{scheme}://{host}/api/{number}/envelope/?sentry_key={key}"
        self._range = range(first, last)
        self.refused: list[int] = []

    def run(self) -> None:
        with httpx2.Client(timeout=10) as client:
            for index in self._range:
                self._send(client, envelope(index))

    def _send(self, client: httpx2.Client, body: bytes) -> None:
        while True:
            try:
                status = client.post(self._url, content=body).status_code
            except httpx2.TransportError:
                threading.Event().wait(0.05)
                continue
            if status == 503:
                continue
            if status != 200:
                self.refused.append(status)
            return


def envelope(index: int) -> bytes:
    """Event ``index`` as an SDK sends it."""
    topic, entity, value = chaos.wire_value(index, "shop")
    header: dict[str, object] = {}
    if topic == topics.ERRORS:
        kind, payload = "event", value["event"]
        header = {"event_id": entity}
    elif topic == topics.SESSIONS:
        kind, payload = "session", value["session"]
    else:
        kind = "feedback"
        context = {"feedback": {"message": value["message"]}}
        payload = {
            "event_id": entity,
            "release": value["release"],
            "environment": chaos.ENVIRONMENT,
            "contexts": context,
        }
        header = {"event_id": entity}
    return b"\n".join(msgspec.json.encode(part) for part in (header, {"type": kind}, payload))


def _append(address: str, first: int, last: int) -> None:
    """Append until the log has all of it; what may be there twice is the same event twice."""
    while True:
        writer = open_log(address, SystemClock()).writer()
        try:
            for record in chaos.records(first, last, "shop"):
                writer.append(record)
            writer.flush()
        except LogUnavailable:
            continue
        else:
            return
        finally:
            writer.close()


def _restart(server: object) -> None:
    """The broker's or the database's; one that somebody else runs is left alone."""
    restart = getattr(server, "restart", None)
    if restart is not None:
        restart()


def _expect_exact(installation: Installation) -> None:
    engine = installation.engine()
    try:
        wait_for(lambda: chaos.read_totals(engine), chaos.totals_of(EVENTS), PATIENCE)
    finally:
        engine.dispose()
