"""What sums over merged issues would count twice: users and failures that several of a group had, each once.

Asked only of groups of which several issues happened in one place. Keys are those of `issue_counts`.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select

from models.store.tables import anonymous_failure, issue_merged, issue_seen, issue_user, release_seen

Place = tuple[str, str]
"""Project and environment."""


def users(
    connection: Connection, place: Place, issues: Collection[str], release: str | None, group: tuple[str, ...]
) -> dict[tuple[str, ...], int]:
    """By survivor, and by release where ``group`` says so; ``issues``: all of those that make up the survivors."""
    columns, seen = issue_user.c, issue_seen.c
    query = _units(issue_user, place, issues, columns.identity, *([columns.release] if "release" in group else []))
    if release is not None:
        query = query.where(columns.release == release)
    else:  # leads the index to the issues
        had = (seen.project == place[0], seen.environment == place[1], seen.issue.in_(issues))
        query = query.where(columns.release.in_(select(seen.release).where(*had)))
    return _counted(connection, query, group)


def reached(
    connection: Connection, place: Place, issues: Collection[str], releases: Collection[str], before: int, last: int
) -> dict[tuple[str, ...], tuple[int, int]]:
    """By survivor and release, its users and its failures of nobody known, in a release's first minutes.

    So many minutes as ``before`` says, of those that are booked up to ``last``.
    """
    group = ("issue", "release")
    found = []
    for table, minute, unit in (
        (issue_user, issue_user.c.first_minute, [issue_user.c.identity]),
        (anonymous_failure, anonymous_failure.c.minute, [anonymous_failure.c.minute, anonymous_failure.c.host]),
    ):
        begun = _begun(place, releases).subquery().c
        query = _units(table, place, issues, *unit, table.c.release).join(
            begun.release.table, begun.release == table.c.release
        )
        found.append(_counted(connection, query.where(minute - begun.minute < before, minute <= last), group))
    hurt, failed = found
    return {key: (hurt.get(key, 0), failed.get(key, 0)) for key in hurt.keys() | failed.keys()}


def _units(
    table: Table, place: Place, issues: Collection[str], *of: ColumnElement[object]
) -> Select[*tuple[object, ...]]:
    """Distinct values of these columns, with the ``issue`` that they are read as."""
    columns = table.c
    same = (issue_merged.c.project == columns.project) & (issue_merged.c.issue == columns.issue)
    read_as = func.coalesce(issue_merged.c.survivor, columns.issue).label("issue")
    query = select(read_as, *of).select_from(table.outerjoin(issue_merged, same))
    project, environment = place
    return query.where(
        columns.project == project, columns.environment == environment, columns.issue.in_(issues)
    ).distinct()


def _begun(place: Place, releases: Collection[str]) -> Select[str, int]:
    columns = release_seen.c
    where = (columns.project == place[0], columns.environment == place[1], columns.release.in_(releases))
    query = select(columns.release, func.min(columns.first_minute).label("minute"))
    return query.where(*where).group_by(columns.release)


def _counted(
    connection: Connection, units: Select[*tuple[object, ...]], group: tuple[str, ...]
) -> dict[tuple[str, ...], int]:
    distinct = units.subquery().c
    key = [distinct[name] for name in group]
    rows = connection.execute(select(*key, func.count()).group_by(*key))
    return {tuple(row[:-1]): int(row[-1]) for row in rows}
