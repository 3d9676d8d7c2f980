"""The numbers that a release is judged on, and that every page shows: one set of queries for both.

All ranges of minutes include both ends. A minute's evidence is final once `closed_to` is past its end.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, Select, and_, case, func, select

from models.domain.evidence import MILLISECONDS_A_MINUTE, ArmMinute, EvidenceMinute, History, IssueMinute
from models.store.tables import (
    anonymous_failure,
    hurt_user,
    issue,
    issue_seen,
    issue_user,
    position,
    release_seen,
    session_minute,
)
from models.wire.topics import FEEDS_MINUTES

DAY_MINUTES = 1_440
PERIODS = (DAY_MINUTES, 7 * DAY_MINUTES)
"""What traffic repeats itself by."""
COUNTS = ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")
COUNTED_LEVELS = ("error", "fatal")
"""A new message at level info or warning hurts nobody, however many users cause it."""


def closed_to(connection: Connection) -> int | None:
    """Until when (ms) every partition that feeds minutes is read; None until each of the topics was read once."""
    columns = position.c
    query = select(func.min(columns.read_to)).where(columns.topic.in_(FEEDS_MINUTES)).group_by(columns.topic)
    read = connection.execute(query).scalars().all()
    return min(read) if len(read) == len(FEEDS_MINUTES) else None


Cell = tuple[int, str]
"""Minute and issue."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The other release of a comparison. A user whom it hurt before, that UTC day, is not newly hurt."""

    release: str
    wins_ties: bool
    """Whether it has the users whom both releases hurt first in the same minute."""


def arms(  # noqa: PLR0913 - a release in its place, and a range of minutes
    connection: Connection,
    project: str,
    environment: str,
    release: str,
    first: int,
    last: int,
    *,
    count_abnormal: bool,
    beside: Beside | None = None,
) -> dict[int, ArmMinute]:
    """What became known of one release, by minute; minutes without anything are left out."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(_sessions(project, environment, release, first, last)).mappings():
        counts[row["minute"]].update({name: int(row[name]) for name in COUNTS})
    hurt = _hurt(project, environment, release, first, last, beside, count_abnormal=count_abnormal)
    for minute, users in connection.execute(hurt):
        counts[minute]["hurt"] = users
    for minute, failures in connection.execute(_anonymous(project, environment, release, first, last)):
        counts[minute]["anonymous"] = failures
    return {minute: ArmMinute(**told) for minute, told in counts.items()}


def new_issues(  # noqa: PLR0913, PLR0917 - two releases, their place, and a range of minutes
    connection: Connection,
    project: str,
    environment: str,
    release: str,
    old: str | None,
    since: int,
    first: int,
    last: int,
) -> dict[int, tuple[IssueMinute, ...]]:
    """Users newly affected by each issue that no release had in the environment before minute ``since``, by minute.

    Failures without a known user count once for each host and minute. ``old``: the release on which it may show too.
    """
    fresh = _fresh_issues(project, environment, release, since)
    ours = _users_of_issues(connection, project, environment, release, fresh, first, last)
    theirs = _users_of_issues(connection, project, environment, old, fresh, first, last) if old else Counter[Cell]()
    found: dict[int, list[IssueMinute]] = defaultdict(list)
    for minute, name in sorted(ours.keys() | theirs.keys()):
        found[minute].append(IssueMinute(name, ours[minute, name], theirs[minute, name]))
    return {minute: tuple(told) for minute, told in found.items()}


def usual(connection: Connection, project: str, environment: str, first: int, last: int) -> dict[int, int]:
    """By minute, the sessions of all releases a day before or, if fewer, a week before; left out where not known."""
    seen, table = release_seen.c, session_minute.c
    begin = select(func.min(seen.first_minute)).where(seen.project == project, seen.environment == environment)
    known_from: int | None = connection.execute(begin).scalar()
    found: dict[int, int] = {}
    for period in PERIODS if known_from is not None else ():
        earliest = max(first - period, known_from or 0)
        where = (table.project == project, table.environment == environment)
        told = select(table.minute, func.sum(table.started)).where(*where).group_by(table.minute)
        rows = connection.execute(told.where(table.minute.between(earliest, last - period)))
        before = {row[0]: max(int(row[1]), 0) for row in rows}
        for minute in range(earliest, last - period + 1):
            found[minute + period] = min(found.get(minute + period, before.get(minute, 0)), before.get(minute, 0))
    return found


def evidence(  # noqa: PLR0913, PLR0917 - two releases, their place, and a range of minutes
    connection: Connection,
    project: str,
    environment: str,
    new: str,
    old: str | None,
    since: int,
    first: int,
    last: int,
    *,
    count_abnormal: bool,
) -> list[EvidenceMinute]:
    """Each minute from ``first`` to ``last``, with exposure 0: the plan is the deploy's, not the store's.

    A user counts once a day over both releases, where hurt first. Without that, users whom the old one hurt before the
    deploy would be missing there, and fresh on the new one; and who meets both by turns would count half for each.
    """
    beside_ours, beside_theirs = (Beside(old, wins_ties=True), Beside(new, wins_ties=False)) if old else (None, None)
    ours = arms(connection, project, environment, new, first, last, count_abnormal=count_abnormal, beside=beside_ours)
    theirs = (
        arms(connection, project, environment, old, first, last, count_abnormal=count_abnormal, beside=beside_theirs)
        if old
        else {}
    )
    issues = new_issues(connection, project, environment, new, old, since, first, last)
    traffic = usual(connection, project, environment, first, last)
    nothing = ArmMinute()
    return [
        EvidenceMinute(
            minute,
            0.0,
            ours.get(minute, nothing),
            theirs.get(minute, nothing),
            issues.get(minute, ()),
            traffic.get(minute),
        )
        for minute in range(first, last + 1)
    ]


def history(
    connection: Connection,
    project: str,
    environment: str,
    before: int,
    *,
    count_abnormal: bool,
    old: str | None = None,
) -> History:
    """The environment in the day before a minute, over all releases; ``old``: the one that is replaced."""
    since = before - DAY_MINUTES
    table = session_minute.c
    of_old = func.sum(case((table.release == old, table.started), else_=0))
    place = (table.project == project, table.environment == environment, table.minute >= since, table.minute < before)
    query = select(func.sum(table.started), of_old, func.min(table.minute)).where(*place)
    started, started_old, first = connection.execute(query).one()
    if not started or started < 0:
        return History()
    users = _first_hurt(project, environment, None, since, count_abnormal=count_abnormal).subquery()
    counted = select(func.count()).select_from(users).where(users.c.minute >= since, users.c.minute < before)
    hurt = connection.execute(counted).scalar() or 0
    return History(before - first, int(started), hurt, started_old=int(started_old))


def minute_of(milliseconds: int) -> int:
    return milliseconds // MILLISECONDS_A_MINUTE


def _sessions(project: str, environment: str, release: str, first: int, last: int) -> Select[*tuple[int, ...]]:
    table = session_minute.c
    sums = [func.sum(table[name]).label(name) for name in COUNTS]
    where = (table.project == project, table.environment == environment, table.release == release)
    return select(table.minute, *sums).where(*where, table.minute.between(first, last)).group_by(table.minute)


def _first_hurt(
    project: str, environment: str, release: str | None, since: int, *, count_abnormal: bool
) -> Select[int, str, int]:
    """For each day and user, the earliest minute over all who write, in one release or in all."""
    table = hurt_user.c
    where = [table.project == project, table.environment == environment, table.day >= since // DAY_MINUTES]
    if release is not None:
        where.append(table.release == release)
    if not count_abnormal:
        where.append(table.abnormal.is_(False))
    query = select(table.day, table.identity, func.min(table.first_minute).label("minute")).where(*where)
    return query.group_by(table.day, table.identity)


def _hurt(
    project: str, environment: str, release: str, first: int, last: int, beside: Beside | None, *, count_abnormal: bool
) -> Select[int, int]:
    users = _first_hurt(project, environment, release, first, count_abnormal=count_abnormal).subquery()
    query = select(users.c.minute, func.count()).where(users.c.minute.between(first, last)).group_by(users.c.minute)
    if beside is None:
        return query
    others = _first_hurt(project, environment, beside.release, first, count_abnormal=count_abnormal).subquery()
    earlier = others.c.minute <= users.c.minute if beside.wins_ties else others.c.minute < users.c.minute
    same = and_(others.c.day == users.c.day, others.c.identity == users.c.identity, earlier)
    return query.outerjoin_from(users, others, same).where(others.c.identity.is_(None))


def _anonymous(project: str, environment: str, release: str, first: int, last: int) -> Select[int, int]:
    table = anonymous_failure.c
    where = (table.project == project, table.environment == environment, table.release == release)
    units = select(table.minute, table.issue, table.host).where(*where, table.minute.between(first, last)).distinct()
    distinct = units.subquery()
    return select(distinct.c.minute, func.count()).group_by(distinct.c.minute)


def _fresh_issues(project: str, environment: str, release: str, since: int) -> Select[str]:
    """Issues at a counted level first seen in this release, and at no time before the deploy in any."""
    seen = issue_seen.c
    where = (seen.project == project, seen.environment == environment)
    before = select(seen.issue).where(*where, seen.first_minute < since)
    levels = select(issue.c.issue).where(issue.c.project == project, issue.c.level.in_(COUNTED_LEVELS))
    ours = select(seen.issue).where(*where, seen.release == release, seen.first_minute >= since)
    elsewhere = _first_elsewhere(project, environment, release).subquery()
    here = (
        select(seen.issue)
        .where(*where, seen.release == release)
        .outerjoin(elsewhere, elsewhere.c.issue == seen.issue)
        .group_by(seen.issue, elsewhere.c.minute)
        .having((elsewhere.c.minute.is_(None)) | (func.min(seen.first_minute) <= elsewhere.c.minute))
    )
    return ours.where(seen.issue.in_(levels), seen.issue.not_in(before), seen.issue.in_(here))


def _first_elsewhere(project: str, environment: str, release: str) -> Select[str, int]:
    seen = issue_seen.c
    where = (seen.project == project, seen.environment == environment, seen.release != release)
    return select(seen.issue, func.min(seen.first_minute).label("minute")).where(*where).group_by(seen.issue)


def _users_of_issues(
    connection: Connection,
    project: str,
    environment: str,
    release: str,
    fresh: Select[str],
    first: int,
    last: int,
) -> Counter[Cell]:
    found: Counter[Cell] = Counter()
    for query in (
        _affected(project, environment, release, first, last),
        _failures(project, environment, release, first, last),
    ):
        table = query.selected_columns
        for name, minute, users in connection.execute(query.where(table.issue.in_(fresh))):
            found[minute, name] += users
    return found


def _affected(project: str, environment: str, release: str, first: int, last: int) -> Select[str, int, int]:
    table = issue_user.c
    where = (table.project == project, table.environment == environment, table.release == release)
    earliest = select(table.issue, table.identity, func.min(table.first_minute).label("minute")).where(*where)
    users = earliest.group_by(table.issue, table.identity).subquery()
    query = select(users.c.issue, users.c.minute, func.count()).where(users.c.minute.between(first, last))
    return query.group_by(users.c.issue, users.c.minute)


def _failures(project: str, environment: str, release: str, first: int, last: int) -> Select[str, int, int]:
    table = anonymous_failure.c
    where = (table.project == project, table.environment == environment, table.release == release)
    units = select(table.issue, table.minute, table.host).where(*where, table.minute.between(first, last)).distinct()
    distinct = units.subquery()
    return select(distinct.c.issue, distinct.c.minute, func.count()).group_by(distinct.c.issue, distinct.c.minute)
