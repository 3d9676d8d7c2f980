"""Which records of the file are old enough to go, and how they go without making intake wait."""

import sqlite3
from itertools import islice

from models.log.sqlite_file import clear_errors, transaction

TRIM_RECORDS = 1_000
"""Records deleted in one transaction, so that intake never waits for a trim longer than for a flush."""

_TAILS = "SELECT topic, partition, next_offset, compacted FROM tail JOIN topic ON topic.name = tail.topic"
_FIRST_YOUNG = (
    "SELECT offset FROM record WHERE topic = ? AND partition = ? AND appended_at >= ? ORDER BY offset LIMIT 1"
)
_OLD = "SELECT offset FROM record WHERE topic = ? AND partition = ? AND offset < ?"
_LAST_OF_KEY = "SELECT max(offset) FROM record WHERE topic = ? AND partition = ? GROUP BY key"
_DELETE = "DELETE FROM record WHERE topic = ? AND partition = ? AND offset = ?"


def trim(connection: sqlite3.Connection, before: int) -> int:
    """Delete what was appended before ``before`` (ms since the epoch) and return how many records that were.

    A compacted topic keeps the last record of each key whatever its age. Offsets go on as if nothing was deleted.
    """
    with clear_errors():
        tails = connection.execute(_TAILS).fetchall()
    deleted = 0
    for topic, number, end, compacted in tails:
        with clear_errors():
            old = _old(connection, (topic, number, before), end)
            kept = _last_of_keys(connection, topic, number) if compacted else set()
        deleted += _delete(connection, topic, number, [offset for offset in old if offset not in kept])
    return deleted


def _old(connection: sqlite3.Connection, where: tuple[str, int, int], end: int) -> list[int]:
    """Append times never fall within a partition, so its old records lie before the first young one."""
    topic, number, _ = where
    young = connection.execute(_FIRST_YOUNG, where).fetchone()
    return [offset for (offset,) in connection.execute(_OLD, (topic, number, young[0] if young else end))]


def _last_of_keys(connection: sqlite3.Connection, topic: str, number: int) -> set[int]:
    return {offset for (offset,) in connection.execute(_LAST_OF_KEY, (topic, number))}


def _delete(connection: sqlite3.Connection, topic: str, number: int, offsets: list[int]) -> int:
    left = iter(offsets)
    while some := list(islice(left, TRIM_RECORDS)):
        with transaction(connection):
            connection.executemany(_DELETE, [(topic, number, offset) for offset in some])
    return len(offsets)
