"""What people commanded about issues: appended with an entry in the audit, and read whole to say what holds now."""

import json
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import CompoundSelect, Connection, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from models.domain.issue import CommandKind, FixedIn, IssueCommand
from models.store.tables import audit, issue_command, issue_merged, issue_minute, issue_seen

MINUTE = 60_000


class Taken(ValueError):
    """The id of a command is that of another command."""


def new_id(now: int) -> str:
    """A name for a command that was given none; sorts by time (ms)."""
    return f"{now:013d}-{secrets.token_hex(4)}"


def append(connection: Connection, project: str, command: IssueCommand) -> IssueCommand:
    """Keep a command. The same one again, by its id, changes nothing; the kept one is given back.

    Raises `Taken` where another command has the id. The connection must be open for writing.
    """
    if known := kept(connection, project, command):
        return known
    row = {
        "project": project,
        "command": command.command,
        "issue": command.issue,
        "kind": command.kind.value,
        "fixed_in": command.fixed_in.value if command.fixed_in else None,
        "release": command.release,
        "current": json.dumps(dict(command.current), sort_keys=True),
        "reason": command.reason,
        "said_by": command.said_by,
        "at": command.at,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(issue_command).values(row))
    except IntegrityError:
        if known := kept(connection, project, command):  # by who asked for the same at the same time
            return known
        raise
    detail = {name: row[name] for name in ("issue", "fixed_in", "release", "reason")}
    entry = {"entry": f"issue-{command.command}", "said_by": command.said_by, "command": f"issue {command.kind.value}"}
    connection.execute(
        insert(audit).values({"project": project, "detail": json.dumps(detail), "at": command.at} | entry)
    )
    return command


def kept(connection: Connection, project: str, command: IssueCommand) -> IssueCommand | None:
    """The command as it is kept already, by its id. Raises `Taken` where that is one of another issue or kind."""
    columns = issue_command.c
    where = (columns.project == project, columns.command == command.command)
    row = connection.execute(select(issue_command).where(*where)).one_or_none()
    if row is None:
        return None
    known = _command(row)
    if _said(known) != _said(command):
        what = f"{known.kind.value} of the issue {known.issue}"
        message = f"{command.command!r} is the id of another command: {what}"
        raise Taken(message)
    return known


def of_issues(
    connection: Connection, project: str, identifiers: Collection[str] | None = None
) -> dict[str, list[IssueCommand]]:
    """By issue, in the order in which they hold; of every issue where none is named.

    A merged issue has none until it is split off again: what was commanded of its survivor holds.
    """
    columns, merged = issue_command.c, issue_merged.c
    gone = select(merged.issue).where(merged.project == project, merged.issue == columns.issue)
    query = select(issue_command).where(columns.project == project, ~gone.exists())
    if identifiers is not None:
        query = query.where(columns.issue.in_(identifiers))
    found: dict[str, list[IssueCommand]] = defaultdict(list)
    for row in connection.execute(query.order_by(columns.at, columns.command)):
        found[row.issue].append(_command(row))
    return dict(found)


def sightings(
    connection: Connection, project: str, environment: str, commands: Sequence[IssueCommand]
) -> Mapping[str, list[tuple[str, int]]]:
    """By command, each release that had the issue after the command's minute, with the first such minute."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    if not commands:
        return found
    seen, happened = issue_seen.c, issue_minute.c
    about = _members(project, [one.command for one in commands]).subquery()
    pairs = (
        select(about.c.command, about.c.at, seen.issue, seen.release)
        .join_from(about, issue_seen, seen.issue == about.c.issue)
        .where(seen.project == project, seen.environment == environment)
        .distinct()
        .subquery()
        .c
    )
    first = select(func.min(happened.minute)).where(
        happened.project == project,
        happened.environment == environment,
        happened.release == pairs.release,
        happened.issue == pairs.issue,
        happened.minute > pairs.at // MINUTE,
    )
    firsts: dict[tuple[str, str], int] = {}
    for command, release, minute in connection.execute(select(pairs.command, pairs.release, first.scalar_subquery())):
        if minute is not None:
            firsts[command, release] = min(minute, firsts.get((command, release), minute))
    for (command, release), minute in firsts.items():
        found[command].append((release, minute))
    return found


def _members(project: str, commands: Collection[str]) -> CompoundSelect[str, int, str]:
    """Each command with its time (ms), and its issue and each that was merged into that one."""
    told, merged = issue_command.c, issue_merged.c
    where = (told.project == project, told.command.in_(commands))
    own = select(told.command, told.at, told.issue).where(*where)
    same = (merged.project == told.project) & (merged.survivor == told.issue)
    return own.union_all(
        select(told.command, told.at, merged.issue).join_from(issue_command, issue_merged, same).where(*where)
    )


def _said(command: IssueCommand) -> tuple[str, CommandKind, FixedIn | None, str | None]:
    return command.issue, command.kind, command.fixed_in, command.release


def _command(row: Row[*tuple[object, ...]]) -> IssueCommand:
    return IssueCommand(
        command=row.command,
        issue=row.issue,
        kind=CommandKind(row.kind),
        fixed_in=FixedIn(row.fixed_in) if row.fixed_in else None,
        release=row.release,
        current=msgspec.json.decode(row.current),
        reason=row.reason,
        said_by=row.said_by,
        at=row.at,
    )
