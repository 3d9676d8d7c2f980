"""SQLite's write-ahead log, so that readers and a writer do not wait for each other."""

import sqlite3
import time

PAUSE_SECONDS = 0.02


def use_write_ahead_log(connection: sqlite3.Connection, patience: float) -> None:
    """Switch the journal; SQLite does not wait for its lock here when several processes open a new file at once.

    ``patience`` in s; then `sqlite3.OperationalError`.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return
