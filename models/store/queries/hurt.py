"""Users hurt: each once a UTC day, in the earliest minute over all who write.

Whom the minutes asked for hurt is found by an index; who of them was hurt before is then asked of those few alone, so
that a look costs what happened in its minutes, however much is stored.
"""

from dataclasses import dataclass

from sqlalchemy import Exists, Select, Subquery, func, select

from models.store.queries.minutes import Minutes
from models.store.tables import hurt_user

DAY_MINUTES = 1_440


@dataclass(frozen=True, slots=True)
class Beside:
    """The other release of a comparison. A user whom it hurt before, that UTC day, is not newly hurt."""

    release: str
    wins_ties: bool
    """Whether it has the users whom both releases hurt first in the same minute."""


def newly_hurt(asked: Minutes, release: str, beside: Beside | None, *, count_abnormal: bool) -> Select[int, int]:
    """By minute, how many users a release hurt that had hurt none of them before, that day."""
    columns = hurt_user.c
    where = [*asked.place(hurt_user, release), columns.first_minute.between(asked.first, asked.last)]
    if not count_abnormal:
        where.append(columns.abnormal.is_(False))
    earliest = select(columns.day, columns.identity, func.min(columns.first_minute).label("minute")).where(*where)
    users = earliest.group_by(columns.day, columns.identity).subquery()
    query = select(users.c.minute, func.count()).group_by(users.c.minute)
    query = query.where(~_hurt_before(asked, users, Beside(release, wins_ties=False), count_abnormal=count_abnormal))
    if beside is None:
        return query
    return query.where(~_hurt_before(asked, users, beside, count_abnormal=count_abnormal))


def hurt_at_all(asked: Minutes, *, count_abnormal: bool) -> Select[int]:
    """How many users were hurt first in these minutes, over all releases."""
    columns = hurt_user.c
    midnight = asked.first - asked.first % DAY_MINUTES
    where = [*asked.place(hurt_user), columns.first_minute.between(midnight, asked.last)]
    if not count_abnormal:
        where.append(columns.abnormal.is_(False))
    days = select(columns.day, columns.identity).where(*where).group_by(columns.day, columns.identity)
    users = days.having(func.min(columns.first_minute) >= asked.first).subquery()
    return select(func.count()).select_from(users)


def _hurt_before(asked: Minutes, users: Subquery, by: Beside, *, count_abnormal: bool) -> Exists:
    other = hurt_user.alias()
    same = (other.c.day == users.c.day, other.c.identity == users.c.identity)
    minute = other.c.first_minute + 0  # no term for an index: the user's own rows are few, all earlier ones are not
    earlier = minute <= users.c.minute if by.wins_ties else minute < users.c.minute
    where = [*asked.place(other, by.release), *same, earlier]
    if not count_abnormal:
        where.append(other.c.abnormal.is_(False))
    return select(other.c.identity).where(*where).exists()
