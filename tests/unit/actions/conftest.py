"""An outbox over a store on SQLite, a log in memory, a notifier in memory, and a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.store.engine import open_engine
from models.store.migrate import migrate
from tests.fakes.actions import FakeNotifier, Outgoing

URL = "http://127.0.0.1:9/hooks"


@pytest.fixture
def notifier() -> FakeNotifier:
    return FakeNotifier()


@pytest.fixture
def shop(tmp_path: Path, notifier: FakeNotifier) -> Iterator[Outgoing]:
    engine = open_engine(f"sqlite:///{tmp_path}/store.db")
    migrate(engine)
    shop = Outgoing(engine, notifier)
    shop.policy(URL)
    yield shop
    shop.close()
    engine.dispose()
