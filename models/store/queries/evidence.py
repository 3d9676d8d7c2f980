"""The numbers that a release is judged on, and that every page shows: one set of queries for both.

All ranges of minutes include both ends. A minute's evidence is final once `closed_to` is past its end.
"""

from collections import Counter, defaultdict

from sqlalchemy import Connection, Select, case, func, select, union_all

from models.domain.evidence import ArmMinute, EvidenceMinute, History, IssueMinute
from models.store.queries.fresh import Cell, affected, failures, fresh
from models.store.queries.hurt import DAY_MINUTES, Beside, hurt_at_all, newly_hurt
from models.store.queries.minutes import Minutes
from models.store.tables import position, release_seen, session_minute
from models.wire.topics import FEEDS_MINUTES

PERIODS = (DAY_MINUTES, 7 * DAY_MINUTES)
"""What traffic repeats itself by."""
COUNTS = ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")


def closed_to(connection: Connection) -> int | None:
    """Until when (ms) every partition that feeds minutes is read; None until each of the topics was read once."""
    columns = position.c
    query = select(func.min(columns.read_to)).where(columns.topic.in_(FEEDS_MINUTES)).group_by(columns.topic)
    read = connection.execute(query).scalars().all()
    return min(read) if len(read) == len(FEEDS_MINUTES) else None


def arms(
    connection: Connection,
    asked: Minutes,
    release: str,
    failed: Counter[Cell],
    *,
    count_abnormal: bool,
    beside: Beside | None = None,
) -> dict[int, ArmMinute]:
    """What became known of one release, by minute; minutes without anything are left out.

    ``failed``: its `failures` in these minutes.
    """
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(_sessions(asked, release)).mappings():
        counts[row["minute"]].update({name: int(row[name]) for name in COUNTS})
    for minute, users in connection.execute(newly_hurt(asked, release, beside, count_abnormal=count_abnormal)):
        counts[minute]["hurt"] = users
    for (minute, _), units in failed.items():
        counts[minute]["anonymous"] = counts[minute].get("anonymous", 0) + units
    return {minute: ArmMinute(**told) for minute, told in counts.items()}


def new_issues(
    connection: Connection, asked: Minutes, release: str, since: int, ours: Counter[Cell], theirs: Counter[Cell]
) -> dict[int, tuple[IssueMinute, ...]]:
    """Of what each issue did to users of two releases, that of issues which no release had before minute ``since``."""
    names = fresh(connection, asked, release, since, {name for _, name in ours.keys() | theirs.keys()})
    found: dict[int, list[IssueMinute]] = defaultdict(list)
    for minute, name in sorted(ours.keys() | theirs.keys()):
        if name in names:
            found[minute].append(IssueMinute(name, ours[minute, name], theirs[minute, name]))
    return {minute: tuple(told) for minute, told in found.items()}


def usual(connection: Connection, asked: Minutes) -> dict[int, int]:
    """By minute, the sessions of all releases a day before or, if fewer, a week before; left out where not known."""
    begin = select(func.min(release_seen.c.first_minute)).where(*asked.place(release_seen))
    known_from: int | None = connection.execute(begin).scalar()
    if known_from is None:
        return {}
    columns = session_minute.c
    ranges = [(max(asked.first - period, known_from), asked.last - period) for period in PERIODS]
    told = select(columns.minute, func.sum(columns.started)).where(*asked.place(session_minute))
    by_minute = told.group_by(columns.minute)
    rows = connection.execute(union_all(*(by_minute.where(columns.minute.between(*ends)) for ends in ranges)))
    started = {row[0]: max(int(row[1]), 0) for row in rows}
    found: dict[int, int] = {}
    for period, (earliest, latest) in zip(PERIODS, ranges, strict=True):
        for minute in range(earliest, latest + 1):
            before = started.get(minute, 0)
            found[minute + period] = min(found.get(minute + period, before), before)
    return found


def evidence(
    connection: Connection, asked: Minutes, new: str, old: str | None, since: int, *, count_abnormal: bool
) -> list[EvidenceMinute]:
    """Each of the minutes asked for, with exposure 0: the plan is the deploy's, not the store's.

    A user counts once a day over both releases, where hurt first. Without that, users whom the old one hurt before the
    deploy would be missing there, and fresh on the new one; and who meets both by turns would count half for each.
    """
    failed = failures(connection, asked, new)
    beside = Beside(old, wins_ties=True) if old else None
    ours = arms(connection, asked, new, failed, count_abnormal=count_abnormal, beside=beside)
    theirs: dict[int, ArmMinute] = {}
    hit, hit_old = failed + affected(connection, asked, new), Counter[Cell]()
    if old:
        failed = failures(connection, asked, old)
        beside = Beside(new, wins_ties=False)
        theirs = arms(connection, asked, old, failed, count_abnormal=count_abnormal, beside=beside)
        hit_old = failed + affected(connection, asked, old)
    issues = new_issues(connection, asked, new, since, hit, hit_old)
    traffic = usual(connection, asked)
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
        for minute in range(asked.first, asked.last + 1)
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
    asked = Minutes(project, environment, before - DAY_MINUTES, before - 1)
    columns = session_minute.c
    of_old = func.sum(case((columns.release == old, columns.started), else_=0))
    query = select(func.sum(columns.started), of_old, func.min(columns.minute)).where(*asked.place(session_minute))
    started, started_old, first = connection.execute(query.where(columns.minute.between(asked.first, asked.last))).one()
    if not started or started < 0:
        return History()
    hurt = connection.execute(hurt_at_all(asked, count_abnormal=count_abnormal)).scalar() or 0
    return History(before - first, int(started), hurt, started_old=int(started_old))


def _sessions(asked: Minutes, release: str) -> Select[*tuple[int, ...]]:
    columns = session_minute.c
    sums = [func.sum(columns[name]).label(name) for name in COUNTS]
    where = (*asked.place(session_minute, release), columns.minute.between(asked.first, asked.last))
    return select(columns.minute, *sums).where(*where).group_by(columns.minute)
