"""The loop: it goes on from the store after whatever broke, and never stops for one message."""

import threading
import time
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from consumers import poison
from consumers.booking import GRACE
from consumers.runtime import Consumer, LostPosition
from models.ports import LogUnavailable, Move, Partition
from models.store import tables
from models.wire.topics import CONSUMED, ERRORS, FEEDBACK, SESSIONS
from tests.fakes.consuming import FROM_INTAKE, NOON, Consuming, create_project, error, only, session
from tests.fakes.store import FakeStore, FakeUnitOfWork


class FailingStore(FakeStore):
    """Breaks at the end of as many units of work as it is told."""

    failures = 0

    def begin(self) -> "FailingUnitOfWork":
        return FailingUnitOfWork(self)


class FailingUnitOfWork(FakeUnitOfWork):
    def __init__(self, store: FailingStore) -> None:
        super().__init__(store)
        self._failing = store

    def add(self, table: Any, rows: Any) -> None:
        super().add(table, rows)
        if table is tables.ledger and self._failing.failures:
            self._failing.failures -= 1
            raise OperationalError("commit", None, Exception("the server closed the connection"))


class PickyStore(FakeStore):
    """Refuses feedback that says "bad", as a database does a value that does not fit."""

    def begin(self) -> "PickyUnitOfWork":
        return PickyUnitOfWork(self)


class PickyUnitOfWork(FakeUnitOfWork):
    def insert_new(self, table: Any, rows: Any) -> Any:
        if any(row.get("message") == "bad" for row in rows):
            raise OverflowError("this value does not fit")
        return super().insert_new(table, rows)


def over(store: FakeStore) -> Consuming:
    shop = Consuming()
    create_project(store)
    shop.store, shop.consumer = store, Consumer(shop.log, store, shop.clock)
    return shop


def test_offsets_go_on_where_the_last_consumer_stopped(shop: Consuming) -> None:
    """Another process with the same store reads what is new, and nothing twice."""
    shop.told(SESSIONS, session("s1"))
    shop.consumer.close()
    shop.consumer = Consumer(shop.log, shop.store, shop.clock, "another")
    shop.told(SESSIONS, session("s2"))
    assert shop.fates() == {("session", "stored"): 2}


def test_a_batch_that_broke_is_read_again_and_counts_once() -> None:
    """Its transaction left nothing behind; the next step goes on from the store."""
    store = FailingStore()
    shop = over(store)
    store.failures = 1
    shop.send(ERRORS, error("e1"))
    shop.send(SESSIONS, session("s1"))
    with pytest.raises(OperationalError):
        shop.consume()
    assert shop.rows(tables.event) == shop.rows(tables.dead_letter) == []
    shop.told(ERRORS, error("e2"))
    assert shop.fates() == {("error", "stored"): 2, ("session", "stored"): 1}
    assert len(shop.rows(tables.issue)) == 1


def test_a_zombie_writes_nothing(shop: Consuming) -> None:
    """Its offset was moved by another; it goes back to where the store is, and goes on."""
    shop.told(ERRORS, error("e1"))
    partition = shop.log.records(ERRORS)[0].partition
    shop.send(ERRORS, error("e2"))
    shop.send(ERRORS, error("e3"))
    with shop.store.begin() as unit:
        unit.advance([Move(partition, 1, 2, NOON, NOON)])
    assert shop.consumer.step(0.0) == 0
    assert len(shop.rows(tables.event)) == 1
    shop.consume()
    assert {row["event_id"].hex() for row in shop.rows(tables.event)} == {
        error(n)["event"]["event_id"] for n in ("e1", "e3")
    }


def test_two_members_share_the_work(shop: Consuming) -> None:
    """Every message counts once, whoever takes it, also while a second member comes and the first one goes."""
    second = Consumer(shop.log, shop.store, shop.clock, "consumer-2")
    for number in range(20):
        shop.send(SESSIONS, session(f"s{number}"), key=f"shop:{number}".encode())
        shop.consumer.step(0.0)
        second.step(0.0)
    shop.consumer.close()
    while second.step(0.0):
        pass
    assert shop.fates() == {("session", "stored"): 20}
    assert second.health() == {"member": "consumer-2", "partitions": 12, "poisoned": []}


def test_an_offset_that_the_log_does_not_hold_stops_it_with_an_alarm(shop: Consuming) -> None:
    """Never a silent reset: the message names the partition, both offsets, and what to do."""
    partition = Partition(ERRORS, 0)
    with shop.store.begin() as unit:
        unit.advance([Move(partition, 0, 9, NOON, NOON)])
    with pytest.raises(LostPosition, match=r"seatrial\.errors/0 goes on at 9 .* log has 0 to 0: .* set next_offset"):
        shop.consumer.run(threading.Event())


def test_a_log_that_is_down_is_tried_again() -> None:
    """A step says so; once it is up, the next step goes on."""
    shop = Consuming()
    shop.told(SESSIONS, session("s1"))
    shop.log.down = True
    with pytest.raises(LogUnavailable):
        shop.consumer.step(0.0)
    shop.log.down = False
    shop.told(SESSIONS, session("s2"))
    assert shop.fates() == {("session", "stored"): 2}


def test_it_runs_until_it_is_told_to_stop(shop: Consuming) -> None:
    """What came meanwhile is kept, though the log was down at first; at the end it has left its group."""
    shop.send(SESSIONS, session("s1"))
    shop.log.down = True
    stop = threading.Event()
    thread = threading.Thread(target=shop.consumer.run, args=[stop])
    thread.start()
    try:
        shop.log.down = False
        deadline = time.monotonic() + 10
        while not shop.rows(tables.session) and time.monotonic() < deadline:
            stop.wait(0.01)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert shop.fates() == {("session", "stored"): 1}
    assert shop.log.groups == {"seatrial": set()}


def test_read_to_goes_on_in_silence(shop: Consuming) -> None:
    """Each partition of each topic, less the grace, though there is nothing to read."""
    shop.consumer.step(0.0)
    shop.later(1)
    shop.consumer.step(0.0)
    rows = shop.rows(tables.position)
    assert len(rows) == 2 * len(CONSUMED)
    assert {row["read_to"] for row in rows} == {NOON + 60_000 - GRACE}


def test_an_unknown_project_is_a_dead_letter_until_it_is_made(shop: Consuming) -> None:
    """It is counted nowhere, for there is nobody to tell; the next message finds it."""
    value = error("e1") | {"project": "new"}
    shop.told(ERRORS, value)
    assert shop.dead() == [("unknown_project", "$.project: no project 'new'; run `seatrial project create`")]
    assert shop.fates() == {}
    with shop.store.begin() as unit:
        unit.insert_new(tables.project, [{"project": "new", "number": 2, "identity_key": b"k", "created_at": NOON}])
    shop.told(ERRORS, value)
    assert shop.fates() == {("error", "stored"): 1}


def test_a_dead_letter_is_a_row_a_message_and_a_count(shop: Consuming) -> None:
    """All in the batch's own transaction; the message carries the payload without its secrets."""
    shop.told(
        ERRORS,
        b'{"project": "shop", "token": "Bearer abcdefgh12345", "card": "4111 1111 1111 1111"',
        headers=FROM_INTAKE,
    )
    [row] = shop.rows(tables.dead_letter)
    [publication] = shop.rows(tables.publication)
    assert (row["project"], row["topic"], row["log_offset"], row["reason"]) == ("shop", "errors", 0, "not_json")
    assert (publication["topic"], publication["published"]) == ("seatrial.dead-letters", False)
    assert only(shop.rows(tables.ledger), "fate", "via", "count") == [("invalid", "intake", 1)]


@pytest.mark.parametrize("number", [0, 4, 8])
def test_what_the_store_refuses_becomes_a_dead_letter(number: int) -> None:
    """And harms no message beside it, wherever it stands in its batch."""
    shop = over(PickyStore())
    for place in range(9):
        shop.send(FEEDBACK, {"project": "shop", "id": f"f{place}", "message": "bad" if place == number else "good"})
    shop.consume()
    assert shop.fates() == {("feedback", "stored"): 8, ("feedback", "invalid"): 1}
    assert shop.dead() == [("unstorable", "$: this value does not fit")]
    assert sum(row["next_offset"] for row in shop.rows(tables.position)) == 9


def test_a_topic_that_is_mostly_poison_is_paused(shop: Consuming) -> None:
    """The others go on; what was appended meanwhile waits for the end of the pause."""
    for _ in range(poison.LEAST):
        shop.send(ERRORS, b"garbage")
    shop.consume()
    assert shop.consumer.health()["poisoned"] == [ERRORS]
    shop.told(ERRORS, error("e1")).told(SESSIONS, session("s1"))
    assert shop.fates() == {("error", "invalid"): poison.LEAST, ("session", "stored"): 1}


def test_a_pause_outlives_the_reader(shop: Consuming) -> None:
    """A reader that was built anew does not read what is paused."""
    for _ in range(poison.LEAST):
        shop.send(ERRORS, b"garbage")
    shop.consume()
    shop.consumer.close()
    shop.consume()
    shop.told(ERRORS, error("e1"))
    assert ("error", "stored") not in shop.fates()


def test_no_poll_for_long_is_a_stall(shop: Consuming) -> None:
    """The supervisor asks; a consumer that polled just now is not stalled."""
    shop.consumer.step(0.0)
    assert not shop.consumer.stalled(60.0)
    assert shop.consumer.stalled(-1.0)
