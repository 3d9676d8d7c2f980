"""The outbox: at least once under one id, every attempt recorded, and giving up said loudly."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from actions.claims import LEASE
from models.clock import SimulatedClock
from models.domain.policy import Webhook
from models.ports import Answer, Notice
from models.store import tables
from tests.fakes.actions import NOON, FakeNotifier, Killed, Outgoing

MENDED = "http://127.0.0.1:9/mended"


def attempts(shop: Outgoing) -> list[tuple[int, int | None]]:
    return [(row["attempt"], row["status"]) for row in shop.rows(tables.action_attempt)]


def test_what_is_due_is_delivered_once(shop: Outgoing, notifier: FakeNotifier) -> None:
    """The stored body goes out under the action's id, and no second tick sends it again."""
    row = shop.call()
    assert [shop.outbox.tick(), shop.outbox.tick()] == [1, 0]
    assert [notice for _, notice in notifier.told] == [Notice(row["action"], row["payload"].encode())]
    assert shop.states() == {"rollback": "delivered"}
    assert attempts(shop) == [(1, 200)]


def test_a_refused_message_is_tried_again_under_the_same_id(shop: Outgoing, notifier: FakeNotifier) -> None:
    """The same bytes until they are taken; each attempt has a row with its status and time."""
    notifier.script[:] = [500, None, 503]
    row = shop.call("hold")
    shop.settle()
    assert notifier.ids == [row["action"]] * 3  # the second attempt did not arrive
    assert len({notice.body for _, notice in notifier.told}) == 1
    assert attempts(shop) == [(1, 500), (2, None), (3, 503), (4, 200)]
    times = [made["attempted_at"] for made in shop.rows(tables.action_attempt)]
    assert times == sorted(set(times))
    assert shop.states() == {"hold": "delivered"}


def test_nothing_is_sent_before_it_is_due(shop: Outgoing, notifier: FakeNotifier) -> None:
    """After a failure the pause is kept."""
    notifier.script[:] = [500]
    shop.call("hold")
    assert [shop.outbox.tick(), shop.outbox.tick()] == [1, 0]
    assert 5_000 <= shop.rows(tables.action)[0]["due_at"] - NOON <= 5_500


def test_killed_between_sending_and_writing_it_is_sent_again_under_the_same_id(
    shop: Outgoing, notifier: FakeNotifier
) -> None:
    """Once the lease has ended, by whoever is there; the attempt that nobody could write down leaves a gap."""
    row = shop.call()
    notifier.killed_after_sending = True
    with pytest.raises(Killed):
        shop.outbox.tick()
    assert shop.states() == {"rollback": "pending"}
    after = FakeNotifier()
    other = shop.another(after)
    assert other.tick() == 0
    assert isinstance(shop.clock, SimulatedClock)
    shop.clock.set(NOON + LEASE)
    assert other.tick() == 1
    assert notifier.ids == after.ids == [row["action"]]
    assert attempts(shop) == [(2, 200)]


def test_two_outboxes_send_each_action_once(shop: Outgoing, notifier: FakeNotifier) -> None:
    """Whoever claims it sends it."""
    calls = [shop.call("hold", f"d-{number}")["action"] for number in range(10)]
    other = shop.another()
    while shop.outbox.tick() + other.tick():
        pass
    assert sorted(notifier.ids) == sorted(calls)


def test_who_outlived_its_lease_changes_nothing_but_by_success(shop: Outgoing) -> None:
    """A late failure does not touch the attempt of another; a late success counts."""
    shop.call()
    assert isinstance(shop.clock, SimulatedClock)
    clock = shop.clock

    class Overtaken(FakeNotifier):
        """Answers only after another outbox has tried in vain."""

        def notify(self, notice: Notice, webhook: Webhook, allowed_hosts: Any) -> Answer:
            clock.set(clock.now() + LEASE)
            shop.another(FakeNotifier(500)).tick()
            return super().notify(notice, webhook, allowed_hosts)

    shop.another(Overtaken(500)).tick()
    [row] = shop.rows(tables.action)
    assert (row["state"], row["attempts"]) == ("pending", 2)
    assert row["due_at"] >= NOON + LEASE + 5_000  # the pause after the second attempt; that after the first is 2 s
    assert attempts(shop) == [(1, 500), (2, 500)]
    clock.set(row["due_at"])
    shop.another(Overtaken(200)).tick()
    assert shop.states() == {"rollback": "delivered"}


def test_a_rollback_that_is_given_up_is_said_loudly(shop: Outgoing, notifier: FakeNotifier) -> None:
    """An error in the log, and a message of its own that is tried in its turn, in the decision's words."""
    notifier.script[:] = [410, 500]
    row = shop.call()
    with capture_logs() as logs:
        shop.settle()
    [said] = [line for line in logs if line["event"] == "action.gave_up"]
    assert (said["log_level"], said["action"]) == ("error", row["action"])
    assert "by hand" in said["advice"]
    assert shop.states() == {"rollback": "failed", "action_failed": "delivered"}
    told = json.loads(notifier.told[-1][1].body)
    assert (told["type"], told["kind"]) == ("seatrial.action_failed.v1", "action_failed")
    assert (told["release"], told["failed"], told["schema"]) == ("shop@1.5.0", row["action"], "gate.v1")
    assert "given up after 1 attempt: answered 410" in told["reason"]
    assert notifier.ids == [row["action"], told["action"], told["action"]]


def test_a_rollback_is_given_up_in_the_end(shop: Outgoing, notifier: FakeNotifier) -> None:
    """After the last pause of the schedule, not before and not later."""
    notifier.script[:] = [None] * 15
    shop.call()
    shop.settle()
    assert shop.states() == {"rollback": "failed", "action_failed": "delivered"}
    assert len(attempts(shop)) == 15 + 1


def test_a_message_that_is_given_up_has_no_message_about_it(shop: Outgoing, notifier: FakeNotifier) -> None:
    """Else a receiver that is gone would be told for ever."""
    notifier.script[:] = [410] * 3
    shop.call()
    shop.call("hold", "d-2")
    shop.settle()
    assert shop.states() == {"rollback": "failed", "hold": "failed", "action_failed": "failed"}
    assert len(shop.rows(tables.action)) == 3


def test_without_a_webhook_in_the_policy_it_fails_and_says_so(shop: Outgoing, notifier: FakeNotifier) -> None:
    """The policy of the moment of delivery counts."""
    shop.call("hold")
    shop.policy_document('mode = "automatic"\n')
    shop.outbox.tick()
    assert shop.states() == {"hold": "failed"}
    [attempt] = shop.rows(tables.action_attempt)
    assert "the policy has no webhook" in attempt["result"]
    assert notifier.told == []


def test_an_address_that_was_mended_is_used(shop: Outgoing, notifier: FakeNotifier) -> None:
    """Without a new decision."""
    notifier.script[:] = [404]
    shop.call()
    shop.outbox.tick()
    shop.policy(MENDED)
    shop.settle()
    assert [url for url, _ in notifier.told][1:] == [MENDED]


def test_a_rollback_goes_before_what_waited_longer(shop: Outgoing, notifier: FakeNotifier) -> None:
    """Its thread is its own, so that no message is in its way."""
    for number in range(20):
        shop.call("hold", f"d-{number}")
    row = shop.call("rollback", "d-20")
    shop.outbox.tick()
    assert row["action"] in notifier.ids
    assert len(notifier.ids) == 2


def test_a_receiver_that_answers_late_is_in_nobodys_way(shop: Outgoing) -> None:
    """While one project's receiver hangs, other projects are told, and the same message is not sent again."""
    answers, arrived = threading.Event(), threading.Event()

    class Hanging(FakeNotifier):
        def notify(self, notice: Notice, webhook: Webhook, allowed_hosts: Any) -> Answer:
            if webhook.url.endswith("/slow"):
                arrived.set()
                answers.wait()
            return super().notify(notice, webhook, allowed_hosts)

    notifier = Hanging()
    shop.policy("http://127.0.0.1:9/slow")
    shop.policy("http://127.0.0.1:9/quick", "blog")
    slow = [shop.call("rollback", f"d-{number}")["action"] for number in range(8)]
    outbox = shop.another(notifier, patience=0)
    try:
        outbox.tick()
        arrived.wait()
        quick = shop.call("rollback", "d-1", "blog")["action"]
        while not any(row["state"] == "delivered" for row in shop.rows(tables.action)):
            outbox.tick()
        assert notifier.ids == [quick]
    finally:
        answers.set()
    outbox.close()
    assert notifier.ids[0] == quick
    assert len(notifier.ids) == 2
    assert notifier.ids[1] in slow


def test_the_log_being_down_stops_no_webhook(shop: Outgoing, notifier: FakeNotifier) -> None:
    """And a receiver being down stops no verdict."""
    shop.publication("verdict/d-1")
    shop.log.down = True
    shop.call()
    shop.outbox.tick()
    assert shop.states() == {"rollback": "delivered"}
    shop.log.down = False
    notifier.script[:] = [None]
    shop.call("hold", "d-2")
    assert isinstance(shop.clock, SimulatedClock)
    shop.clock.set(NOON + 1_000)
    shop.outbox.tick()
    assert [record.value for record in shop.log.records("seatrial.verdicts")] == [b"verdict/d-1"]


def test_a_fault_of_ours_uses_up_an_attempt(shop: Outgoing) -> None:
    """So that it cannot repeat for ever without being said."""

    class Faulty(FakeNotifier):
        def notify(self, notice: Notice, webhook: Webhook, allowed_hosts: Any) -> Answer:
            super().notify(notice, webhook, allowed_hosts)
            message = "a mistake"
            raise RuntimeError(message)

    shop.call("hold")
    with capture_logs() as logs:
        shop.another(Faulty()).tick()
    [attempt] = shop.rows(tables.action_attempt)
    assert attempt["result"] == "a fault of Seatrial (RuntimeError): see its log"
    assert [line["log_level"] for line in logs if line["event"] == "action.fault"] == ["error"]
    assert shop.states() == {"hold": "pending"}


def test_what_a_replay_wrote_is_never_sent(shop: Outgoing, notifier: FakeNotifier) -> None:
    """Its actions are neither pending nor failed."""
    shop.call()
    with shop.engine.begin() as connection:
        connection.execute(update(tables.action).values(state="replayed"))
    assert shop.outbox.tick() == 0
    assert notifier.told == []
