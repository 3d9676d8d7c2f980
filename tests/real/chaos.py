"""Load with known totals, and kills at the worst moment: while a transaction is open."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

import msgspec
import psycopg
from sqlalchemy import Engine, func, make_url, select

from models.ports import NewRecord
from models.store import tables
from models.wire import topics
from models.wire.times import to_text

RELEASES = 3
ISSUES = 7
USERS = 500
ENVIRONMENT = "production"
CATCH_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Totals:
    """What must be in the store once everything is read, however often it was killed."""

    errors: int
    counted_errors: int
    issues: int
    sessions: int
    crashed: int
    feedback: int
    stored: int
    """By the ledger: every message once."""


def totals_of(number: int) -> Totals:
    """Of the first ``number`` events: of ten, six are sessions, three errors, one feedback."""
    kinds = [kind_of(index) for index in range(number)]
    errors, sessions = kinds.count("error"), kinds.count("session")
    crashed = sum(is_crashed(index) for index in range(number) if kind_of(index) == "session")
    issues = len({index // 10 % ISSUES for index in range(number) if kind_of(index) == "error"})
    return Totals(errors, errors, issues, sessions, crashed, kinds.count("feedback"), number)


def kind_of(index: int) -> str:
    return "error" if index % 10 < 3 else "feedback" if index % 10 == 3 else "session"


def is_crashed(index: int) -> bool:
    return index % 40 == 7


def wire_value(index: int, project: str) -> tuple[str, str, dict[str, object]]:
    """Topic, entity and value of event ``index``; the same for the same index, so that it can be sent again."""
    name = UUID(int=index + 1).hex
    release = f"{project}@{index % RELEASES}"
    user = f"user-{index % USERS}"
    kind = kind_of(index)
    if kind == "error":
        return topics.ERRORS, name, {"project": project, "event": event(index, name, release, user)}
    if kind == "feedback":
        value = {"id": name, "message": f"number {index} is broken", "release": release, "user": user}
        return topics.FEEDBACK, name, {"project": project, "environment": ENVIRONMENT, **value}
    return topics.SESSIONS, name, {"project": project, "session": session(index, name, release, user)}


def event(index: int, name: str, release: str, user: str) -> dict[str, object]:
    """An unhandled error, of one of seven issues, by its own function's name."""
    frame = {"filename": "shop/cart.py", "function": f"step_{index // 10 % ISSUES}", "lineno": 1, "in_app": True}
    exception = {
        "type": "ZeroDivisionError",
        "value": "division by zero",
        "mechanism": {"type": "generic", "handled": False},
        "stacktrace": {"frames": [frame]},
    }
    return {
        "event_id": name,
        "release": release,
        "environment": ENVIRONMENT,
        "platform": "python",
        "user": {"id": user},
        "exception": {"values": [exception]},
    }


def session(index: int, name: str, release: str, user: str) -> dict[str, object]:
    started = to_text(int(time.time()) * 1000)
    status = "crashed" if is_crashed(index) else "exited"
    attributes = {"release": release, "environment": ENVIRONMENT}
    return {
        "sid": name,
        "did": user,
        "started": started,
        "init": True,
        "status": status,
        "errors": 0,
        "attrs": attributes,
    }


def records(first: int, last: int, project: str) -> Iterator[NewRecord]:
    """Events ``first`` to ``last - 1`` as a producer of its own would append them."""
    for index in range(first, last):
        topic, entity, value = wire_value(index, project)
        yield NewRecord(topic, f"{project}:{entity}".encode(), msgspec.json.encode(value))


def read_totals(engine: Engine) -> Totals:
    event, minute = tables.event, tables.session_minute
    with engine.connect() as connection:

        def number(query: object) -> int:
            return int(connection.execute(query).scalar() or 0)  # type: ignore[call-overload]

        return Totals(
            errors=number(select(func.count()).select_from(event)),
            counted_errors=number(select(func.sum(tables.issue_minute.c.events))),
            issues=number(select(func.count()).select_from(tables.issue)),
            sessions=number(select(func.sum(minute.c.started))),
            crashed=number(select(func.sum(minute.c.crashed))),
            feedback=number(select(func.count()).select_from(tables.feedback)),
            stored=number(
                select(func.sum(tables.ledger.c.count)).where(
                    tables.ledger.c.fate == "stored", tables.ledger.c.category.in_(("error", "session", "feedback"))
                )
            ),
        )


def await_transaction(store: str) -> bool:
    """Return as soon as somebody is in a write transaction; False if nobody was for long."""
    url = make_url(store)
    deadline = time.monotonic() + CATCH_SECONDS
    if url.get_backend_name() == "sqlite":
        return _await_sqlite(str(url.database), deadline)
    return _await_postgres(url.set(drivername="postgresql").render_as_string(hide_password=False), deadline)


def _await_sqlite(path: str, deadline: float) -> bool:
    """The write lock is refused to us while another holds it."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        while time.monotonic() < deadline:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError:
                return True
            time.sleep(0.0005)
    return False


def _await_postgres(address: str, deadline: float) -> bool:
    """A transaction with an id has written something, and is not committed."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
    )
    while time.monotonic() < deadline:
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                while time.monotonic() < deadline:
                    row = connection.execute(query).fetchone()
                    if row and row[0]:
                        return True
                    time.sleep(0.0005)
        except psycopg.OperationalError:
            time.sleep(0.1)
    return False
