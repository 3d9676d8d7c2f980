"""The migrations, on an SQLite file and on a real PostgreSQL."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from analytics.statistics import sketch
from models.store.engine import open_engine
from models.store.migrate import LOCK, UnknownSchema, alembic_config, current, is_current, migrate, newest
from models.store.tables import metadata
from tests.real.installation import wait_until

OLD_SESSION = """
INSERT INTO session
    (project, sid, release, environment, started, origin_at, identity, last_seen, status, errors, updates)
VALUES ('shop', :sid, 'shop@1', 'production', 1, 1, :user, 1, :status, 0, '0:0')
"""
OLD_EVENT = """
INSERT INTO event (project, event_id, issue, environment, handled, occurred_at, booked_at)
VALUES ('shop', '\\x00', 'i', 'production', true, 1, 1)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    on_file = f"sqlite:///{tmp_path / 'store.db'}"
    return on_file if request.param == "sqlite" else str(request.getfixturevalue("fresh_database"))


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    engine = open_engine(address)
    yield engine
    engine.dispose()


def test_an_empty_database_is_not_current(engine: Engine) -> None:
    """A database without tables has no migration, and is not taken for one that is up to date."""
    assert current(engine) is None
    assert not is_current(engine)


def test_the_migrations_give_the_tables_that_the_code_knows(engine: Engine) -> None:
    """Tables, columns, types, keys and indexes after all migrations are those of models/store/tables.py."""
    migrate(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert current(engine) == newest()
    assert is_current(engine)


def test_the_keys_are_those_that_the_code_knows(engine: Engine) -> None:
    """Primary keys, which the comparison above leaves out, have the same columns in the same order."""
    migrate(engine)

    found = {name: inspect(engine).get_pk_constraint(name)["constrained_columns"] for name in metadata.tables}
    assert found == {name: table.primary_key.columns.keys() for name, table in metadata.tables.items()}


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    """The second time, rows and tables stay as they are."""
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO position VALUES ('seatrial.errors', 0, 1, 2, 3)"))

    migrate(engine)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT next_offset FROM position")).scalars().all() == [1]


def test_users_of_sessions_that_are_stored_already_are_counted(engine: Engine) -> None:
    """Of a database of the first version: who used a release, and whom its sessions failed."""
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        command.upgrade(alembic_config(connection), "0001")
        for number, (user, status) in enumerate((("a" * 32, 5), ("a" * 32, 3), ("b" * 32, 0), (None, 5))):
            row = {"sid": f"s{number}", "user": user, "status": status}
            connection.execute(text(OLD_SESSION), row)

    migrate(engine)

    with engine.connect() as connection:
        (hashes,) = connection.execute(text("SELECT hashes FROM user_sketch")).scalars()
        assert sketch.load(hashes) == {sketch.hashed("a" * 32), sketch.hashed("b" * 32)}
        failed = connection.execute(text("SELECT identity, unhandled, abnormal, crashed FROM failed_user")).all()
        assert [tuple(row) for row in failed] == [("a" * 32, 1, 0, 1)]


def test_several_that_start_at_once_wait_for_one_another(address: str) -> None:
    """Each of four processes that migrate an empty database together finds it up to date afterwards."""
    engines = [open_engine(address) for _ in range(4)]
    start = threading.Barrier(len(engines))
    errors: list[Exception] = []

    def run(engine: Engine) -> None:
        start.wait()
        try:
            migrate(engine)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            errors.append(error)

    threads = [threading.Thread(target=run, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert [is_current(engine) for engine in engines] == [True] * len(engines)
    for engine in engines:
        engine.dispose()


def test_a_migration_waits_for_a_consumers_batch(fresh_database: str) -> None:
    """One that holds events and wants sessions next goes on, and is kept; the migration comes after it."""
    engine = open_engine(fresh_database)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(text("INSERT INTO position VALUES ('seatrial.errors', 0, 1, 2, 3)"))
    with engine.begin() as batch:
        batch.execute(text("UPDATE position SET next_offset = 2"))
        batch.execute(text(OLD_EVENT))
        migrating = threading.Thread(target=migrate, args=(engine,))
        migrating.start()
        wait_until(lambda: _somebody_waits(engine), "the migration waits for the batch")
        batch.execute(text(OLD_SESSION), {"sid": "s", "user": None, "status": 0})
    migrating.join()

    assert is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM session")).scalar() == 1
    engine.dispose()


def _somebody_waits(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def test_only_a_migration_may_take_its_time(fresh_database: str) -> None:
    """On PostgreSQL what hangs fails, before Kafka gives its consumer up; a big table is migrated all the same."""
    engine = open_engine(f"{fresh_database}?options=-c%20statement_timeout%3D200")
    with engine.begin() as holding:
        holding.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        waiting = threading.Thread(target=migrate, args=(engine,))
        waiting.start()
        with engine.connect() as other, pytest.raises(OperationalError, match="statement timeout"):
            other.execute(text("SELECT pg_sleep(10)"))
        holding.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    waiting.join()

    assert is_current(engine)
    engine.dispose()
    limited = open_engine(fresh_database)
    with limited.connect() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "20s"
    limited.dispose()


def test_a_database_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    """A migration that this version does not know is named, and nothing is changed."""
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(UnknownSchema, match=r"migration 9999.*start a newer Seatrial"):
        migrate(engine)

    assert current(engine) == "9999"
    assert not is_current(engine)
