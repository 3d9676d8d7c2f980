"""Absolute limits beside the comparison: of the new release alone, whatever its baseline does at the same time.

A share breaks its limit when it is beyond it by more than chance: a release that keeps the limit exactly would seem so
bad in a window with a probability of at most `CHANCE` (the one-sided interval of Clopper and Pearson, 1934). Looked at
in every minute that is no bound on a release's whole life, and an incident that hits everyone breaks a limit too: so a
limit holds, or recommends a rollback, and never rolls back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from scipy.special import betainc

from models.domain.evidence import ArmMinute, EvidenceMinute
from models.domain.policy import Consequence, Limit, Quantity
from models.domain.verdict import Verdict

REASON, RECOMMENDED = "limit", "limit_rollback"
"""In `held_by`: a limit is broken; and one after which the policy recommends a rollback."""
CHANCE = 0.001
LASTS = 10
"""Minutes for which a limit holds after it was broken last, as long as the engine's own holds last at least."""

BAD: Mapping[Quantity, Callable[[ArmMinute], int]] = {
    Quantity.USERS: lambda arm: arm.hurt,
    Quantity.SESSIONS: lambda arm: arm.crashed + arm.unhandled + arm.abnormal,
    Quantity.ERRORED: lambda arm: arm.errored,
    Quantity.HURT: lambda arm: arm.hurt,
}
OF_USERS = (Quantity.USERS, Quantity.HURT)


@dataclass(frozen=True, slots=True)
class Window:
    """What a limit is held against: ``bad`` of ``n`` sessions, or ``bad`` users."""

    bad: int
    n: int
    known: bool
    """Whether failures tell users apart, where users are asked about."""


def needed(limits: Sequence[Limit]) -> int:
    """How many minutes back `broken` looks; 0 without limits."""
    return max((limit.minutes for limit in limits), default=1 - LASTS) + LASTS - 1


def broken(shown: Sequence[EvidenceMinute], limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """The limits that were broken in one of the last `LASTS` minutes; ``shown`` ends with the minute that is judged."""
    return tuple(limit for limit in limits if _was_broken(limit, shown))


def verdict(found: Verdict, broken_ones: Sequence[Limit]) -> Verdict:
    """What the engine found, or hold where that is less."""
    return Verdict.HOLD if broken_ones and found is not Verdict.ROLLBACK else found


def held_by(broken_ones: Sequence[Limit]) -> tuple[str, ...]:
    recommended = any(limit.consequence is Consequence.ROLLBACK_RECOMMENDED for limit in broken_ones)
    return ((REASON,) if broken_ones else ()) + ((RECOMMENDED,) if recommended else ())


def window(limit: Limit, minutes: Sequence[EvidenceMinute]) -> Window:
    """Sums of signed deltas: what became known in these minutes, of sessions that may have begun before."""
    bad = max(sum(BAD[limit.quantity](minute.new) for minute in minutes), 0)
    n = max(sum(minute.new.started for minute in minutes), 0)
    named = bad > 0 or not any(minute.new.anonymous for minute in minutes)
    return Window(bad, n, known=named or limit.quantity not in OF_USERS)


def most(limit: Limit) -> float:
    """The largest share of sessions that may be bad."""
    return 1.0 - limit.bound if limit.is_least else limit.bound


def _was_broken(limit: Limit, shown: Sequence[EvidenceMinute]) -> bool:
    """In one of the windows that end with the last minutes: differences of sums up to each, for they overlap."""
    recent, count = shown[-needed([limit]) :], BAD[limit.quantity]
    bad = list(accumulate((count(minute.new) for minute in recent), initial=0))
    n = list(accumulate((minute.new.started for minute in recent), initial=0))
    for end in range(max(len(recent) - LASTS, 0) + 1, len(recent) + 1):
        start = max(end - limit.minutes, 0)
        if _beyond(limit, bad[end] - bad[start], n[end] - n[start]):
            return True
    return False


def _beyond(limit: Limit, bad: int, n: int) -> bool:
    if limit.quantity is Quantity.HURT:
        return bad > limit.bound
    # With fewer sessions than bad ones, sessions are told late: a server tells of them a minute after its errors.
    if not 0 < bad <= n or bad <= n * most(limit):
        return False
    by_chance = float(betainc(bad, n - bad + 1, most(limit)))  # P(X >= bad) of a binomial X
    return by_chance < CHANCE
