"""Commands about issues, on an SQLite file and a real PostgreSQL: each id is of one command, whoever comes first."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, func, select, text

from models.domain.issue import CommandKind, FixedIn, IssueCommand
from models.store import tables
from models.store.queries import issue_commands
from models.store.queries.issue_commands import Taken
from tests.fakes.rows import PROJECT

MUTED = IssueCommand("job-1", "a", CommandKind.MUTE, None, None, {}, "a probe", "ana", 1)
RESOLVED = replace(MUTED, kind=CommandKind.RESOLVE, fixed_in=FixedIn.RELEASE, release="shop@2")


def append(engine: Engine, command: IssueCommand) -> IssueCommand:
    with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        return issue_commands.append(connection, PROJECT, command)


@pytest.mark.parametrize(
    "other",
    [
        replace(MUTED, issue="b"),
        replace(MUTED, kind=CommandKind.REOPEN),
        RESOLVED,
    ],
)
def test_an_id_is_of_one_command(engine: Engine, other: IssueCommand) -> None:
    """Another issue or another kind under the same id is refused, and nothing is kept of it."""
    append(engine, MUTED)
    with pytest.raises(Taken, match="'job-1' is the id of another command: mute of the issue a"):
        append(engine, other)
    with engine.connect() as connection:
        assert issue_commands.of_issues(connection, PROJECT) == {"a": [MUTED]}


@pytest.mark.parametrize(
    "other", [replace(RESOLVED, fixed_in=FixedIn.NEXT, release=None), replace(RESOLVED, release="shop@3")]
)
def test_another_fix_is_another_command(engine: Engine, other: IssueCommand) -> None:
    """Although both resolve the issue."""
    append(engine, RESOLVED)
    with pytest.raises(Taken):
        append(engine, other)


def test_the_same_command_again_is_the_one_that_is_kept(engine: Engine) -> None:
    """A retry may come later and word its reason otherwise."""
    append(engine, MUTED)
    assert append(engine, replace(MUTED, reason="as I said", at=2)) == MUTED


@pytest.mark.parametrize("other", [replace(MUTED, at=2), replace(MUTED, issue="b")])
def test_two_at_once_under_one_id(engine: Engine, other: IssueCommand) -> None:
    """The second waits for the first, and is then the same command or another one."""
    with ThreadPoolExecutor(1) as pool:
        with engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
            issue_commands.append(connection, PROJECT, MUTED)
            second = pool.submit(append, engine, other)
            _wait_until_blocked(engine, second)
        if other.issue == MUTED.issue:
            assert second.result() == MUTED
        else:
            assert isinstance(second.exception(), Taken)
    with engine.connect() as connection:
        assert issue_commands.of_issues(connection, PROJECT) == {"a": [MUTED]}
        assert _audited(connection) == 1


def _wait_until_blocked(engine: Engine, second: Future[IssueCommand]) -> None:
    """On SQLite the second cannot begin before the first ends."""
    waiting = text(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    )
    blocked = engine.dialect.name != "postgresql"
    while not blocked and not second.done():
        with engine.connect() as connection:
            blocked = bool(connection.execute(waiting).scalar())


def _audited(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(tables.audit)).scalar() or 0
