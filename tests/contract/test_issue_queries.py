"""In which releases an issue is new, on an SQLite file and a real PostgreSQL."""

import pytest
from sqlalchemy import Engine

from models.store.queries import issues
from tests.fakes.rows import ENVIRONMENT, NEW, NOON, OLD, PROJECT, Rows


@pytest.fixture(autouse=True)
def told(engine: Engine) -> None:
    _tell(Rows(engine))


def _tell(told: Rows) -> None:
    """``a`` came with the old release, ``b`` with the new one, ``c`` with both in one minute."""
    told.seen("a", OLD, NOON)
    told.seen("a", NEW, NOON + 1)
    told.seen("b", OLD, NOON + 5)
    told.seen("b", NEW, NOON + 7, partition=1)
    told.seen("b", NEW, NOON + 3, partition=2)
    told.seen("c", OLD, NOON)
    told.seen("c", NEW, NOON)
    told.seen("b", OLD, NOON - 9, environment="staging")


def test_an_issue_is_new_in_the_release_that_had_it_first(engine: Engine) -> None:
    """Over partitions, within the environment; two releases of the same minute had it both."""
    with engine.connect() as connection:
        found = {one: issues.first_releases(connection, PROJECT, ENVIRONMENT, one) for one in ("a", "b", "c", "none")}

    assert found == {"a": {OLD}, "b": {NEW}, "c": {OLD, NEW}, "none": set()}


def test_a_release_and_an_issue_agree_on_what_is_new(engine: Engine) -> None:
    """Asked for one release, the same."""
    with engine.connect() as connection:
        found = issues.new_in(connection, PROJECT, ENVIRONMENT, [OLD, NEW])

    assert found == {OLD: frozenset({"a", "c"}), NEW: frozenset({"b", "c"})}
