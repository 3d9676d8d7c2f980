"""What is broken in the store stops the watch of nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from models.domain.verdict import Verdict
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from tests.fakes.rows import Rows
from tests.fakes.watching import NEW, OLD, WEBHOOK, Watching


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Watching]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    shop = Watching(engine)
    shop.apply(f'mode = "automatic"{WEBHOOK}')
    shop.deploy(NEW, 0.33, "started")
    yield shop
    engine.dispose()


def canary(shop: Watching, minutes: int, hurt: int) -> None:
    for _ in range(minutes):
        shop.visits(NEW, 20, hurt)
        shop.visits(OLD, 40, 1)
        shop.pass_time(1)


def store(shop: Watching, **values: Any) -> None:
    """Overwrite what is stored of the new release's evaluation."""
    with shop.engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        columns = tables.evaluation.c
        connection.execute(update(tables.evaluation).where(columns.release == NEW).values(values))


def test_a_project_that_fails_leaves_the_next_one_watched(shop: Watching) -> None:
    """A policy that cannot be read fails at each look, and the shop is judged as ever."""
    told = {"version": 1, "name": "broken", "document": "no TOML", "applied_by": "a test", "applied_at": 0}
    rows = Rows(shop.engine)
    rows.put(tables.project, project="aaa", number=9, identity_key=b"", created_at=0)
    rows.put(tables.policy, project="aaa", **told)
    canary(shop, 8, hurt=6)
    assert shop.decisions()[-1].verdict is Verdict.ROLLBACK


@pytest.mark.parametrize("stored", [b"{", b'{"version": 7}', None], ids=["no JSON", "of another version", "with more"])
def test_a_state_that_cannot_be_read_is_folded_anew(shop: Watching, stored: bytes | None) -> None:
    """It comes to what it would have been."""
    canary(shop, 3, hurt=1)
    before = shop.evaluation()
    assert before is not None
    store(shop, state=stored or before.state[:-1] + b',"more":1}')
    shop.look()
    after = shop.evaluation()
    assert after is not None
    assert (after.state, after.as_of) == (before.state, before.as_of)


@pytest.mark.parametrize("unreadable", [True, False], ids=["unreadable", "another test"])
def test_a_rollback_is_final_when_minutes_are_folded_anew(shop: Watching, *, unreadable: bool) -> None:
    """Whether what is stored cannot be read or the policy asks for another test, and if all evidence is gone by now."""
    canary(shop, 8, hurt=6)
    assert shop.decisions()[-1].verdict is Verdict.ROLLBACK
    with shop.engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        connection.execute(delete(tables.hurt_user))
    if unreadable:
        store(shop, state=b"{")
    else:
        shop.apply(f'mode = "automatic"\nmargin = 0.5\nfalse_rollbacks_per_1000 = 0.1{WEBHOOK}')
    canary(shop, 2, hurt=0)
    found = shop.evaluation()
    assert found is not None
    assert found.judgement.verdict is Verdict.ROLLBACK
    assert b'"latched":true' in found.state
    assert shop.decisions()[-1].verdict is Verdict.ROLLBACK
