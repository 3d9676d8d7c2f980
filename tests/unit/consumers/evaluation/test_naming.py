"""Issues get their names once, at the cost of what was seen lately."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from consumers.evaluation.naming import Names
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from tests.fakes.rows import NEW, NOON, PROJECT, Rows


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def test_what_is_seen_later_is_named_later(engine: Engine) -> None:
    """An open minute may bring more at any look, and a closed one brings nothing more."""
    rows, names = Rows(engine), Names(engine)
    for minute, issue in ((NOON, "i-1"), (NOON + 1, "i-2"), (NOON + 1, "i-3"), (NOON + 2, "i-4")):
        rows.seen(issue, NEW, minute)
        names.give(PROJECT, minute - 1, minute)
        names.give(PROJECT, minute - 1, minute)
    with engine.connect() as connection:
        named = connection.execute(select(tables.issue_name.c.issue, tables.issue_name.c.number)).all()
    assert sorted((number, issue) for issue, number in named) == [(1, "i-1"), (2, "i-2"), (3, "i-3"), (4, "i-4")]
