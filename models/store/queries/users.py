"""The users of sessions: whom their sessions failed, exactly, and of all users the sketches to estimate them from."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from models.store.tables import failed_user, user_sketch

SINCE_EVER = 0
"""In place of the hour, of a sketch that has all users of a release."""

Segment = tuple[str, str]
"""Name and value; both empty for all sessions."""
ALL: Segment = ("", "")


@dataclass(frozen=True, slots=True)
class Failed:
    """Users with a session that failed (unhandled, abnormal or crashed), and those of them with one that crashed."""

    failed: int = 0
    crashed: int = 0


def sketches(
    connection: Connection, project: str, environment: str, releases: Collection[str]
) -> dict[tuple[str, Segment], list[bytes]]:
    """By release and segment, the stored sketches of its users; they are to be joined."""
    columns = user_sketch.c
    where = [columns.project == project, columns.environment == environment, columns.release.in_(releases)]
    names = (columns.release, columns.segment, columns.value, columns.hashes)
    found: dict[tuple[str, Segment], list[bytes]] = defaultdict(list)
    for row in connection.execute(select(*names).where(*where, columns.hour == SINCE_EVER)):
        found[row.release, (row.segment, row.value)].append(row.hashes)
    return found


def sketches_since(connection: Connection, project: str, environment: str, hour: int) -> dict[str, list[bytes]]:
    """By release, the stored sketches of its users from an hour (since the epoch) on."""
    columns = user_sketch.c
    where = (columns.project == project, columns.environment == environment, columns.hour >= max(hour, 1))
    found: dict[str, list[bytes]] = defaultdict(list)
    for row in connection.execute(select(columns.release, columns.hashes).where(*where)):
        found[row.release].append(row.hashes)
    return found


def failed(
    connection: Connection, project: str, environment: str, releases: Collection[str]
) -> dict[tuple[str, Segment], Failed]:
    """By release and segment, whom its sessions failed; each user once. A segment with none is left out."""
    columns = failed_user.c
    place = (columns.release, columns.segment, columns.value)
    where = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    crashed = func.sum(columns.crashed)
    any_failure = func.sum(columns.unhandled + columns.abnormal + columns.crashed)
    users = (
        select(*place, case((crashed > 0, 1), else_=0).label("crashed"))
        .where(*where)
        .group_by(*place, columns.identity)
        .having(any_failure > 0)
        .subquery()
    )
    grouped = (users.c.release, users.c.segment, users.c.value)
    query = select(*grouped, func.count().label("failed"), func.sum(users.c.crashed).label("crashed"))
    return {
        (row.release, (row.segment, row.value)): Failed(row.failed, int(row.crashed))
        for row in connection.execute(query.group_by(*grouped))
    }
