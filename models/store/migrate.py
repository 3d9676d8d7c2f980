"""Brings a database's schema to the one this version knows; safe when several processes start at once."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATIONS = "models.store:migrations"
"""Where Alembic finds them: a package and its folder, so that an installed wheel needs no path."""

LOCK = int.from_bytes(b"seatrial", "big") >> 1
"""The advisory lock that migrations take on PostgreSQL: the product's name, halved to fit a signed 64-bit number."""


class UnknownSchema(Exception):
    """The database was migrated by a newer Seatrial. Start that version, or restore the backup made before it."""


def migrate(engine: Engine) -> None:
    """Apply, in one transaction, each migration the database does not have yet.

    Raises `UnknownSchema` if the database is ahead of this version.
    """
    # On SQLite the write lock that `BEGIN IMMEDIATE` takes is what makes a second process wait.
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        _wait_for_others(connection)
        found = _revision(connection)
        if found not in _known():
            message = f"the database is at migration {found}, which this version does not know: start a newer Seatrial"
            raise UnknownSchema(message)
        if found is not None and found != newest():
            _wait_for_batches(connection)
        command.upgrade(alembic_config(connection), "head")


def current(engine: Engine) -> str | None:
    """The name of the last migration the database has, None if it has none."""
    with engine.connect() as connection:
        return _revision(connection)


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the migrations that this version knows."""
    return current(engine) == newest()


def newest() -> str | None:
    """The name of the last migration that this version knows."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def _wait_for_others(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # a big table may take its time
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _wait_for_batches(connection: Connection) -> None:
    """Until no consumer is within a batch, each of which begins with its position: their tables are locked in turn.

    Without it, a migration that has one table and a batch that has another could wait for each other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE position IN EXCLUSIVE MODE"))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known() -> frozenset[str | None]:
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return frozenset((None, *(script.revision for script in scripts)))


def alembic_config(connection: Connection | None = None) -> Config:
    """What Alembic needs to find the migrations, and the connection they run over."""
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    return config
