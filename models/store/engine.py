"""Opens a database: PostgreSQL by psycopg 3, or an SQLite file in WAL mode."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url

from models.write_ahead import use_write_ahead_log

SQLITE_BUSY_SECONDS = 30
"""How long a writer waits for the other; a batch of ours is one transaction of well under a second."""
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 20
"""What hangs for longer fails, and is tried again: below the 45 s after which Kafka takes a consumer for dead."""
POOL = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 10}
"""At most 20 connections a process; who finds none free for 10 s fails."""


def open_engine(address: str) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql+psycopg://…``; the folder of an SQLite file is made."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS}, **_pool(url))
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.drivername != "postgresql+psycopg":
        message = f"cannot open the store at {address!r}: use sqlite:///path or postgresql+psycopg://user@host/name"
        raise ValueError(message)
    return create_engine(url, pool_pre_ping=True, connect_args=_limits(url), **POOL)


def _limits(url: URL) -> dict[str, Any]:
    """For PostgreSQL; what the address itself says of these wins."""
    milliseconds = STATEMENT_SECONDS * 1000
    limits = {
        "connect_timeout": CONNECT_SECONDS,
        "options": f"-c statement_timeout={milliseconds}",
        "tcp_user_timeout": milliseconds,  # a network that swallows what is sent
    }
    return {name: value for name, value in limits.items() if name not in url.query}


def _pool(url: URL) -> dict[str, Any]:
    """A database in memory has one connection, and a pool of another kind."""
    return POOL if url.database and url.database != ":memory:" else {}


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not open transactions by itself: _begin_sqlite does, so that reads are consistent too.
    connection.isolation_level = None
    use_write_ahead_log(connection, SQLITE_BUSY_SECONDS)
    # NORMAL loses no consistency: a commit lost to a power cut takes its offsets with it, and is read again.
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A writer that upgrades a read lock can fail at once with SQLITE_BUSY, so writers say so from the start.
    immediate = connection.get_execution_options().get("seatrial_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
