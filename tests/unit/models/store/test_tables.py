"""models/store/tables.py: the rules of docs/adr/0002."""

import pytest
from sqlalchemy import Integer, Table

from models.store import tables

POSITIONS = {"position"}
"""Where the log is read to: a matter of the installation, not of a project."""

ALL = [table for name, table in sorted(tables.metadata.tables.items()) if name not in POSITIONS]


@pytest.mark.parametrize("table", ALL, ids=str)
def test_every_key_starts_with_the_project(table: Table) -> None:
    """The tenant's boundary, and what the store can be distributed by."""
    assert next(iter(table.primary_key.columns)).name == "project"


@pytest.mark.parametrize("table", ALL, ids=str)
def test_no_number_comes_from_the_database(table: Table) -> None:
    """No sequence on the write path: no key counts up by itself."""
    counting = [
        column.name for column in table.primary_key if isinstance(column.type, Integer) and column.autoincrement
    ]

    assert counting == []


@pytest.mark.parametrize("table", ALL, ids=str)
def test_every_unique_index_starts_with_the_project(table: Table) -> None:
    """What is unique is so in its project."""
    starts = {index.name: next(iter(index.columns)).name for index in table.indexes if index.unique}

    assert set(starts.values()) <= {"project"}
