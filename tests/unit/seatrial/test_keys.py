"""Intake's keys come from the store, and are remembered for a moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert

from api.intake.keys import ProjectKeys
from models.domain.project import ProjectSettings, Scrubbing
from models.store import tables
from models.store.engine import open_engine
from models.store.queries import project_settings
from seatrial.keys import StoredKeys


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    tables.metadata.create_all(engine)
    with engine.connect() as connection, connection.begin():
        row = {"project": "shop", "number": 42, "identity_key": b"k" * 32, "created_at": 0}
        connection.execute(insert(tables.project).values(row))
        for key in ("a" * 32, "b" * 32):
            row = {"project": "shop", "public_key": key, "created_at": 0}
            connection.execute(insert(tables.intake_key).values(row))
    yield engine
    engine.dispose()


def test_a_project_is_found_by_its_number_with_all_its_keys(engine: Engine) -> None:
    """A number that nobody has is None, however large."""
    keys = StoredKeys(engine)
    found = keys.project(42)
    assert found is not None
    assert found == ProjectKeys("shop", frozenset({"a" * 32, "b" * 32}), b"k" * 32)
    assert keys.project(43) is None
    assert keys.project(10**30) is None


def test_a_withdrawn_key_ends_once_what_was_remembered_is_stale(engine: Engine) -> None:
    """Until then a request costs no query."""
    remembering, forgetting = StoredKeys(engine, 3_600), StoredKeys(engine, 0)
    before = remembering.project(42), forgetting.project(42)
    with engine.connect() as connection, connection.begin():
        connection.execute(delete(tables.intake_key).where(tables.intake_key.c.public_key == "a" * 32))
    assert remembering.project(42) == before[0]
    after = forgetting.project(42)
    assert after is not None
    assert after.public_keys == {"b" * 32}


def test_new_settings_hold_once_what_was_remembered_is_stale(engine: Engine) -> None:
    """They come with the keys, at no query of their own."""
    remembering, forgetting = StoredKeys(engine, 3_600), StoredKeys(engine, 0)
    before = remembering.project(42)
    with engine.connect() as connection, connection.begin():
        project_settings.apply(connection, "shop", "[scrubbing]\nfields = ['iban']", "ada", 0)
    assert remembering.project(42) == before
    after = forgetting.project(42)
    assert after is not None
    assert after.settings == ProjectSettings(1, Scrubbing(fields=("iban",)))


def test_a_key_names_its_project_and_is_remembered(engine: Engine) -> None:
    """For addresses without a number; a stranger's key is None."""
    remembering, forgetting = StoredKeys(engine, 3_600), StoredKeys(engine, 0)
    assert [keys.number("a" * 32) for keys in (remembering, forgetting)] == [42, 42]
    assert remembering.number("c" * 32) is None
    with engine.connect() as connection, connection.begin():
        connection.execute(delete(tables.intake_key))
    assert [keys.number("a" * 32) for keys in (remembering, forgetting)] == [42, None]
