"""Rows in a real store, written by hand in few words: what tests of queries read."""

from typing import Any

from sqlalchemy import Engine, Table

from models.store import tables
from models.store.sql import SqlStore

PROJECT, ENVIRONMENT = "shop", "production"
OLD, NEW = "shop@1.4.2", "shop@1.5.0"
MIDNIGHT = 20_139 * 1_440
"""A minute in which a UTC day begins."""
NOON = MIDNIGHT + 720


class Rows:
    """Writes as the consumers do: each row once, counters added up."""

    def __init__(self, engine: Engine) -> None:
        self._store = SqlStore(engine)

    def put(self, table: Table, **row: Any) -> None:
        with self._store.begin() as unit:
            unit.insert_new(table, [{"project": PROJECT, **row}])

    def add(self, table: Table, **row: Any) -> None:
        with self._store.begin() as unit:
            unit.add(table, [{"project": PROJECT, **row}])

    def sessions(
        self, release: str, minute: int, partition: int = 0, environment: str = ENVIRONMENT, **counts: int
    ) -> None:
        """Signed deltas; what is left out is 0."""
        all_counts = dict.fromkeys(("started", "healthy", "errored", "unhandled", "abnormal", "crashed"), 0) | counts
        where = {"environment": environment, "release": release, "minute": minute, "partition": partition}
        self.add(tables.session_minute, **where, **all_counts)

    def hurt(
        self,
        release: str,
        user: str,
        minute: int,
        partition: int = 0,
        *,
        topic: str = "errors",
        abnormal: bool = False,
        **rest: Any,
    ) -> None:
        where = {"environment": ENVIRONMENT, "release": release, "day": minute // 1_440, "identity": user}
        writer = {"topic": topic, "partition": partition}
        self.put(tables.hurt_user, **(where | writer | {"abnormal": abnormal, "first_minute": minute} | rest))

    def failure(self, release: str, issue: str, minute: int, host: str = "web-1", partition: int = 0) -> None:
        where = {"environment": ENVIRONMENT, "release": release, "minute": minute, "issue": issue, "host": host}
        self.put(tables.anonymous_failure, **where, topic="errors", partition=partition)

    def issue(self, name: str, level: str = "error") -> None:
        told = {"grouping_key": name, "grouping_version": "grouping/v1", "title": name, "culprit": None}
        self.put(tables.issue, issue=name, level=level, **told)

    def seen(self, issue: str, release: str, minute: int, partition: int = 0, environment: str = ENVIRONMENT) -> None:
        where = {"environment": environment, "issue": issue, "release": release, "partition": partition}
        self.put(tables.issue_seen, **where, first_minute=minute, first_event=bytes(16))

    def affected(self, issue: str, release: str, user: str, minute: int, partition: int = 0) -> None:
        where = {"environment": ENVIRONMENT, "release": release, "issue": issue, "identity": user}
        self.put(tables.issue_user, **where, partition=partition, first_minute=minute, unhandled=True)

    def release(
        self, release: str, minute: int, topic: str = "sessions", partition: int = 0, environment: str = ENVIRONMENT
    ) -> None:
        where = {"environment": environment, "release": release, "topic": topic, "partition": partition}
        self.put(tables.release_seen, **where, first_minute=minute)

    def position(self, topic: str, partition: int, read_to: int) -> None:
        row = {"topic": topic, "partition": partition, "next_offset": 1, "booked_to": read_to, "read_to": read_to}
        with self._store.begin() as unit:
            unit.insert_new(tables.position, [row])

    def counted(
        self, category: str, fate: str, count: int, topic: str = "errors", partition: int = 0, via: str = "intake"
    ) -> None:
        row = {"category": category, "fate": fate, "via": via, "topic": topic, "partition": partition}
        self.add(tables.ledger, **row, count=count)
