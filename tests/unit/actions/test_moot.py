"""A rollback that has nothing left to undo is not sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions.outbox import Outbox
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.wire import topics
from tests.fakes.actions import FakeNotifier
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
