"""The outbox with signed webhooks to a real receiver, on SQLite and on PostgreSQL: one effect for each action."""

import threading
from collections import Counter
from collections.abc import Iterator
from types import TracebackType

import pytest
from sqlalchemy import Engine

from actions.outbox import Outbox
from actions.webhook import WebhookNotifier
from models.clock import SimulatedClock, SystemClock
from models.ports import LogWriter, NewRecord
from models.store import tables
from models.wire import topics
from seatrial.demo.deployer import Deployer, verify
from tests.fakes.actions import NOON, SECRET, Outgoing, Receiver, receiving
from tests.real.process import free_port

PROJECTS = [f"shop{number}" for number in range(12)]
OUTBOXES = 3


@pytest.fixture
def shop(engine: Engine) -> Iterator[Outgoing]:
    clock = SimulatedClock(NOON)
    shop = Outgoing(engine, WebhookNotifier(clock, seconds=2.0), clock)
    yield shop
    shop.close()


@pytest.fixture
def receiver(shop: Outgoing) -> Iterator[Receiver]:
    with receiving() as receiver:
        shop.policy(receiver.url)
        yield receiver


def statuses(shop: Outgoing) -> list[int | None]:
    return [row["status"] for row in shop.rows(tables.action_attempt)]


def test_a_receiver_that_fails_at_first_gets_one_effect_under_one_id(shop: Outgoing, receiver: Receiver) -> None:
    """Each attempt is signed anew, at its own time, over the same body."""
    receiver.script[:] = [500, 503, 307]
    row = shop.call()
    shop.settle()
    assert receiver.ids == [row["action"]] * 4
    assert {body for _, body in receiver.requests} == {row["payload"].encode()}
    for headers, body in receiver.requests:
        assert verify(SECRET, headers, body, int(headers["webhook-timestamp"])) == row["action"]
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.requests}) == 4
    assert statuses(shop) == [500, 503, 307, 200]
    assert shop.states() == {"rollback": "delivered"}


def test_a_receiver_that_took_it_and_did_not_say_so_obeys_once(shop: Outgoing, receiver: Receiver) -> None:
    """The answer is lost; the second attempt has the same id, by which the receiver knows it."""
    receiver.hang()
    shop.call()
    shop.outbox.tick()
    receiver.answers.set()
    shop.settle()
    assert Counter(receiver.ids).most_common(1)[0][1] == 2
    assert len(set(receiver.ids)) == 1
    assert statuses(shop) == [None, 200]


def test_a_receiver_that_is_down_is_told_when_it_is_back(shop: Outgoing) -> None:
    """At the address that the policy has by then."""
    shop.policy(f"http://127.0.0.1:{free_port()}/")
    shop.call()
    shop.outbox.tick()
    with receiving() as back:
        shop.policy(back.url)
        shop.settle()
        assert len(back.requests) == 1
    assert statuses(shop) == [None, 200]


def test_a_receiver_that_is_gone_ends_it(shop: Outgoing, receiver: Receiver) -> None:
    """410 gives up at once; that the rollback failed is a message of its own."""
    receiver.script[:] = [410]
    shop.call()
    shop.settle()
    assert shop.states() == {"rollback": "failed", "action_failed": "delivered"}
    assert len(set(receiver.ids)) == len(receiver.ids) == 2


def test_an_internal_receiver_that_no_policy_allows_hears_nothing(shop: Outgoing, receiver: Receiver) -> None:
    """And the attempt says why."""
    shop.policy(receiver.url, allowed="10.0.0.1")
    shop.call("hold")
    shop.outbox.tick()
    assert receiver.requests == []
    assert "allowed_hosts" in shop.rows(tables.action_attempt)[0]["result"]


def test_outboxes_at_work_together_send_each_action_once(shop: Outgoing, receiver: Receiver) -> None:
    """Several of them, each with its threads, over one store."""
    for project in PROJECTS:
        shop.policy(receiver.url, project)
    calls = [
        shop.call(kind, f"d-{n}", project) for project in PROJECTS for n in (1, 2) for kind in ("rollback", "hold")
    ]
    at_work = [threading.Thread(target=_drive, args=(shop, shop.another())) for _ in range(OUTBOXES)]
    for thread in at_work:
        thread.start()
    for thread in at_work:
        thread.join()
    assert Counter(receiver.ids) == {row["action"]: 1 for row in calls}
    assert statuses(shop) == [200] * len(calls)


def test_publishers_at_work_together_keep_the_order_of_verdicts(shop: Outgoing) -> None:
    """The last verdict of a release is the last in its partition, though a first publisher stalls half-way."""
    shop.publication("verdict/d-1")
    second = shop.another()
    writer = Stalling(shop.log.writer())
    first = Outbox(shop.engine, writer, shop.clock, shop.notifier, patience=0)
    try:
        first.tick()
        writer.stalled.wait()
        shop.publication("verdict/d-2", created_at=NOON + 1)
        if shop.engine.dialect.name == "postgresql":  # an SQLite store has one outbox
            assert second.tick() == 0
    finally:
        writer.go_on.set()
        first.close()
    second.tick()
    records = shop.log.records(topics.VERDICTS)
    assert [record.value for record in records] == [b"verdict/d-1", b"verdict/d-2"]


def test_the_demos_deployer_takes_the_traffic_away_once(shop: Outgoing) -> None:
    """It verifies our signature, and knows a rollback when it is told one."""
    with Deploying() as deployer:
        shop.policy(deployer.address)
        notifier = WebhookNotifier(SystemClock())
        shop.call()
        shop.call("hold", "d-2")
        outbox = shop.another(notifier)
        while outbox.tick():
            pass
        assert deployer.share == 0.0
        assert sorted(told["kind"] for told in deployer.told) == ["hold", "rollback"]
        assert (deployer.refused, deployer.repeated) == (0, 0)


class Stalling:
    """A writer whose flush waits until it may go on."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer
        self.stalled = threading.Event()
        self.go_on = threading.Event()

    def append(self, record: NewRecord) -> None:
        self._writer.append(record)

    def flush(self) -> None:
        self.stalled.set()
        self.go_on.wait()
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


class Deploying:
    """The demo's deployer with a third of the traffic on the new release."""

    def __enter__(self) -> Deployer:
        self._deployer = Deployer(SECRET)
        self._deployer.share = 0.3
        return self._deployer

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deployer.close()


def _drive(shop: Outgoing, outbox: Outbox) -> None:
    while any(row["state"] == "pending" for row in shop.rows(tables.action)):
        outbox.tick()
