"""What has no point any more is not sent: nothing is left to undo, or another verdict was found since."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions.call import action_row
from actions.outbox import Outbox
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.store.sql import SqlUnitOfWork
from models.wire import topics
from tests.fakes.actions import FakeNotifier
from tests.fakes.consuming import PROJECT
from tests.fakes.log import MemoryLog
from tests.fakes.watching import NEW, OLD, WEBHOOK, Watching


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Watching]:
    """A bad canary that was decided to be rolled back, and nobody was told yet."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    shop = Watching(engine)
    shop.apply(f'mode = "automatic"\nallowed_hosts = ["deployer.example"]{WEBHOOK}')
    shop.deploy(NEW, 0.33, "started")
    for _ in range(6):
        shop.visits(NEW, 20, hurt=8)
        shop.visits(OLD, 40, hurt=1)
        shop.pass_time(1)
    yield shop
    engine.dispose()


def deliver(shop: Watching, notifier: FakeNotifier) -> None:
    writer = MemoryLog(shop.clock, topics.all_topics(1)).writer()
    outbox = Outbox(shop.engine, writer, shop.clock, notifier, patience=30)
    while any(row["state"] == "pending" and row["due_at"] <= shop.clock.now() for row in shop.rows(tables.action)):
        outbox.tick()
    outbox.close()


def call(shop: Watching, kind: str, decision: str) -> str:
    """Write an action of a decision, and return its id."""
    told = {"decision": decision, "kind": kind, "target": NEW, "reason": "a test"}
    row = action_row(project=PROJECT, **told, document={}, now=shop.clock.now())
    with SqlUnitOfWork(shop.engine) as unit:
        unit.insert_new(tables.action, [row])
    return str(row["action"])


def state(shop: Watching, action: str) -> str:
    (row,) = (row for row in shop.rows(tables.action) if row["action"] == action)
    return str(row["state"])


def rollback(shop: Watching) -> dict[str, Any]:
    (row,) = (row for row in shop.rows(tables.action) if row["kind"] == "rollback")
    return row


def test_while_the_release_has_traffic_it_is_sent(shop: Watching) -> None:
    """The usual case: seconds after the decision."""
    notifier = FakeNotifier()
    deliver(shop, notifier)
    assert rollback(shop)["state"] == "delivered"
    assert rollback(shop)["action"] in notifier.ids


@pytest.mark.parametrize("faster", ["withdrawn by a person", "another release took over"])
def test_once_nothing_is_left_to_undo_it_is_not_sent(shop: Watching, faster: str) -> None:
    """It would take down what came after; what happened instead stands with the action."""
    if faster == "withdrawn by a person":
        shop.deploy(NEW, state="rolled_back")
    else:
        shop.deploy("shop@1.5.1")
    shop.pass_time(1)
    notifier = FakeNotifier()
    deliver(shop, notifier)
    row = rollback(shop)
    assert row["state"] == "moot"
    assert row["action"] not in notifier.ids
    (tried,) = (one for one in shop.rows(tables.action_attempt) if one["action"] == row["action"])
    assert tried["result"].startswith("not sent")


@pytest.mark.parametrize("kind", ["hold", "silent_source", "rollback_recommended", "rollback_withheld"])
def test_what_a_later_verdict_overruled_is_not_sent(shop: Watching, kind: str) -> None:
    """A receiver that recovers must not hear "hold" after "roll back"; it is told what was decided meanwhile."""
    first, last = shop.decisions()[0], shop.decisions()[-1]
    assert first.verdict is not last.verdict
    stale, current = call(shop, kind, first.decision), call(shop, kind, last.decision)
    notifier = FakeNotifier()
    deliver(shop, notifier)
    assert (state(shop, stale), state(shop, current)) == ("moot", "delivered")
    assert stale not in notifier.ids
    (tried,) = (one for one in shop.rows(tables.action_attempt) if one["action"] == stale)
    assert "decided otherwise meanwhile" in tried["result"]


def test_nobody_is_told_to_hold_what_has_ended(shop: Watching) -> None:
    """Nor to wait for sessions of it; that a rollback failed is still worth knowing."""
    last = shop.decisions()[-1].decision
    stale, news = call(shop, "hold", last), call(shop, "action_failed", last)
    shop.deploy(NEW, state="rolled_back")
    shop.pass_time(1)
    deliver(shop, FakeNotifier())
    assert (state(shop, stale), state(shop, news)) == ("moot", "delivered")


def test_what_was_refused_is_called_for_again_once_the_policy_allows_it(shop: Watching) -> None:
    """The release still runs: a policy applied anew is the person's answer to a rollback that failed at once."""
    internal = WEBHOOK.replace("https://deployer.example", "http://127.0.0.1:9")
    shop.apply(f'mode = "automatic"{internal}')
    deliver(shop, FakeNotifier())
    (failed,) = (row for row in shop.rows(tables.action) if row["kind"] == "rollback")
    assert (failed["state"], failed["attempts"]) == ("failed", 1)
    shop.apply(f'mode = "automatic"\nallowed_hosts = ["127.0.0.1"]{internal}')
    shop.pass_time(2)
    notifier = FakeNotifier()
    deliver(shop, notifier)
    again = [row for row in shop.rows(tables.action) if row["kind"] == "rollback"]
    assert sorted(row["state"] for row in again) == ["delivered", "failed"]
    assert len(notifier.ids) == 1
