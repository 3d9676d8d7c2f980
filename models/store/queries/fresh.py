"""Who was affected by which issue in which minute, and which of these issues are new."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Connection, Select, and_, case, func, select

from models.store.queries.minutes import Minutes
from models.store.tables import anonymous_failure, issue, issue_seen, issue_user

COUNTED_LEVELS = ("error", "fatal")
"""A new message at level info or warning hurts nobody, however many users cause it."""
NAMES_A_STATEMENT = 500

Cell = tuple[int, str]
"""Minute and issue."""


def affected(connection: Connection, asked: Minutes, release: str) -> Counter[Cell]:
    """Users that each issue affected first in each minute, in one release."""
    table, before = issue_user, issue_user.alias()
    columns = table.c
    earliest = select(columns.issue, columns.identity, func.min(columns.first_minute).label("minute"))
    within = columns.first_minute.between(asked.first, asked.last)
    users = earliest.where(*asked.place(table, release), within).group_by(columns.issue, columns.identity).subquery()
    same = (before.c.issue == users.c.issue, before.c.identity == users.c.identity)
    earlier = before.c.first_minute + 0 < asked.first  # no term for an index, which would find all earlier ones
    known = select(before.c.issue).where(*asked.place(before, release), *same, earlier)
    query = select(users.c.minute, users.c.issue, func.count()).where(~known.exists())
    return _cells(connection.execute(query.group_by(users.c.minute, users.c.issue)))


def failures(connection: Connection, asked: Minutes, release: str) -> Counter[Cell]:
    """Failures without a known user, in one release: one for each issue, host and minute."""
    columns = anonymous_failure.c
    where = (*asked.place(anonymous_failure, release), columns.minute.between(asked.first, asked.last))
    units = select(columns.minute, columns.issue, columns.host).where(*where).distinct().subquery()
    query = select(units.c.minute, units.c.issue, func.count()).group_by(units.c.minute, units.c.issue)
    return _cells(connection.execute(query))


def fresh(connection: Connection, asked: Minutes, release: str, since: int, names: Collection[str]) -> set[str]:
    """Of these issues, those at a counted level that no release had before minute ``since``, and none before this."""
    found: set[str] = set()
    for some in _chunks(sorted(names)):
        found.update(connection.execute(_fresh(asked, release, since, some)).scalars())
    return found


def _fresh(asked: Minutes, release: str, since: int, names: Sequence[str]) -> Select[str]:
    seen = issue_seen.c
    first, here = func.min(seen.first_minute), func.min(case((seen.release == release, seen.first_minute)))
    levels = and_(issue.c.project == seen.project, issue.c.issue == seen.issue, issue.c.level.in_(COUNTED_LEVELS))
    query = select(seen.issue).join_from(issue_seen, issue, levels)
    query = query.where(*asked.place(issue_seen), seen.issue.in_(names)).group_by(seen.issue)
    return query.having(first >= since, here == first)


def _cells(rows: Iterable[Sequence[object]]) -> Counter[Cell]:
    return Counter({(minute, name): units for minute, name, units in rows})  # type: ignore[misc]


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(names)
    while some := list(islice(iterator, NAMES_A_STATEMENT)):
        yield some
