"""The file behind the SQLite log: its tables, how it is opened, and what its errors mean to a user."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from models.ports import LogUnavailable
from models.write_ahead import use_write_ahead_log

SCHEMA = """
CREATE TABLE IF NOT EXISTS topic (name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, compacted INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tail (topic TEXT, partition INTEGER, next_offset INTEGER NOT NULL,
  appended_at INTEGER NOT NULL, PRIMARY KEY (topic, partition)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (topic TEXT, partition INTEGER, offset INTEGER, key BLOB, value BLOB, headers BLOB,
  appended_at INTEGER NOT NULL, PRIMARY KEY (topic, partition, offset));
CREATE TABLE IF NOT EXISTS member (consumer_group TEXT, member TEXT, seen_at REAL NOT NULL,
  PRIMARY KEY (consumer_group, member)) WITHOUT ROWID;
"""
"""Records lie by rowid: measured with 100 a flush and 3 KB each, 65k to 80k appends per CPU-second against 42k to 59k
in the order of their key, and as many reads."""
BUSY_SECONDS = 10
"""How long a statement waits for another process's transaction: a flush takes milliseconds, on a slow disk seconds."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection to the file, made with its tables if it is new. A commit survives a power cut (``synchronous``)."""
    with clear_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            use_write_ahead_log(connection, BUSY_SECONDS)
            connection.execute("PRAGMA synchronous=FULL")
            connection.executescript(SCHEMA)
        except BaseException:
            connection.close()
            raise
        return connection


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(path)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything inside is kept together, or nothing is. Takes the write lock at once, not half-way."""
    with clear_errors():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk rolls back by itself
                connection.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def clear_errors() -> Iterator[None]:
    """Say what to do about an error of the file or its disk, as `LogUnavailable`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        message = f"the log's file cannot be used ({error}): check that its disk is not full and that it may be written"
        raise LogUnavailable(message) from error
