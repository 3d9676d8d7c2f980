"""A site of pages, filled once a run by real messages."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select

from api.issues.commanding import Wish
from models.store import tables
from models.store.queries import issue_commands, teaching
from models.store.queries.issue_names import identified
from models.store.queries.tokens import create_project
from tests.fakes import strangers
from tests.real import site
from tests.real.site import END, Site


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Three weeks of the demo's shop, a release of strange names in staging, a failed rollback, an empty project."""
    folder = tmp_path_factory.mktemp("site")
    with site.store(folder) as engine:
        site.fill(engine, 0.3, 1, strangers.lines(END))
        _failed_rollback(engine)
        _resolved(engine)
        _merged(engine)
        with engine.begin() as connection:
            create_project(connection, "empty", None, None, END)
        with site.serving(engine, folder) as served:
            yield served


def _resolved(engine: Engine) -> None:
    """One issue was said to be fixed long ago, and came back."""
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        issue = identified(connection, "shop", "SHOP-2") or ""
        seen = connection.execute(
            select(func.min(tables.issue_seen.c.first_minute)).where(tables.issue_seen.c.issue == issue)
        )
        at = (seen.scalar() or 0) * 60_000
        wish = Wish("resolve", "now", "", "the cache was cleared", "ana")
        issue_commands.append(connection, "shop", wish.command(connection, "shop", issue, at))


def _merged(engine: Engine) -> None:
    """Two issues were said to be one."""
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        gone, stays = (identified(connection, "shop", name) or "" for name in ("SHOP-4", "SHOP-3"))
        teaching.merge(connection, "shop", gone, stays, "one <b>cause</b>", "ana", END)


def _failed_rollback(engine: Engine) -> None:
    """Of the last release that was decided to be rolled back: what the outbox writes when it gives up."""
    row: dict[str, Any] = {
        "project": "shop",
        "action": "act_1",
        "kind": "rollback",
        "target": "shop@1.1.0",
        "payload": "{}",
    }
    row |= {"state": "failed", "attempts": 2, "due_at": END, "created_at": END - 60_000}
    tried: dict[str, Any] = {
        "project": "shop",
        "action": "act_1",
        "status": None,
        "result": "no answer: <b>connection refused</b>",
    }
    with engine.begin() as connection:
        decided = connection.execute(tables.decision.select()).all()
        newest = max(decided, key=lambda one: (one.verdict == "rollback", one.decided_at))
        connection.execute(insert(tables.action).values(row | {"decision": newest.decision}))
        for attempt in (1, 2):
            values = tried | {"attempt": attempt, "attempted_at": END - 50_000 + attempt * 10_000}
            connection.execute(insert(tables.action_attempt).values(values))
