"""Two policies over one past: which releases they decide otherwise, how often each was right, and what is not known.

A deploy is counted once. Rates are of deploys that people confirmed (`analytics.learning.confirmed`), with the exact
95 % interval: of the confirmed bad ones those that are rolled back, be it done or recommended, and of the confirmed
healthy ones those that are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from analytics.learning.backtest import Replayed
from analytics.learning.track_record import Share
from analytics.statistics.intervals import clopper_pearson
from models.domain.spans import counted
from models.domain.verdict import Verdict

CALLS = ("rollback", "rollback_recommended", "rollback_withheld")


@dataclass(frozen=True, slots=True)
class Compared:
    """One deploy under the policy in force and under the given one."""

    deploy: str
    release: str
    first_minute: int
    minutes: int
    bad: bool | None
    """What people confirmed; None: nothing."""
    cut: bool
    """Whether it was decided to be rolled back then, after which its evidence is that of its end."""
    ended: bool
    as_recorded: bool
    """Whether the policy in force gives after each minute the verdict that was given then."""
    policies: tuple[str, ...]
    """Those it was decided under then."""
    in_force: Replayed
    given: Replayed

    @property
    def differs(self) -> bool:
        return self.in_force.changes != self.given.changes


@dataclass(frozen=True, slots=True)
class Totals:
    """What one policy comes to; numbers of deploys."""

    rolled_back: int
    """By the comparison, whatever is done about it."""
    automatic: int
    recommended: int
    """Of these, also where a limit was broken."""
    withheld: int
    held: int
    """At some time."""
    of_bad: Share
    of_healthy: Share


@dataclass(frozen=True, slots=True)
class Summary:
    deploys: int
    minutes: int
    in_force: Totals
    given: Totals
    differing: tuple[Compared, ...]
    not_known: tuple[str, ...]


def summary(compared: Sequence[Compared], *, counts_alike: bool) -> Summary:
    """``counts_alike``: whether both policies count the same sessions as harm (`Policy.count_abnormal`)."""
    return Summary(
        deploys=len(compared),
        minutes=sum(one.minutes for one in compared),
        in_force=_totals(compared, lambda one: one.in_force),
        given=_totals(compared, lambda one: one.given),
        differing=tuple(one for one in compared if one.differs),
        not_known=tuple(_not_known(compared, counts_alike=counts_alike)),
    )


def rolls_back(replayed: Replayed) -> bool:
    """Whether a rollback is decided, or recommended because of a limit."""
    return replayed.first(Verdict.ROLLBACK) is not None or any(replayed.calls_for(kind) for kind in CALLS)


def _totals(compared: Sequence[Compared], of: Callable[[Compared], Replayed]) -> Totals:
    all_of = [of(one) for one in compared]
    automatic, recommended, withheld = (sum(one.calls_for(kind) for one in all_of) for kind in CALLS)
    return Totals(
        rolled_back=sum(one.first(Verdict.ROLLBACK) is not None for one in all_of),
        automatic=automatic,
        recommended=recommended,
        withheld=withheld,
        held=sum(one.first(Verdict.HOLD) is not None for one in all_of),
        of_bad=_share([rolls_back(of(one)) for one in compared if one.bad is True]),
        of_healthy=_share([rolls_back(of(one)) for one in compared if one.bad is False]),
    )


def _share(hits: Sequence[bool]) -> Share:
    count, n = sum(hits), len(hits)
    if not n:
        return Share(count, n, None, None, None)
    low, high = clopper_pearson(count, n)
    return Share(count, n, count / n, low, high)


def _not_known(compared: Sequence[Compared], *, counts_alike: bool) -> Iterator[str]:
    if silent := [one for one in compared if one.bad is None]:
        given = sum(rolls_back(one.given) for one in silent)
        in_force = sum(rolls_back(one.in_force) for one in silent)
        yield (
            f"What was true of {counted(len(silent), 'deploy')} that nobody labelled: {given} would be rolled back"
            f" (in force: {in_force}). `seatrial decision label` says whether that is right."
        )
    if cut := sum(one.cut and not rolls_back(one.given) for one in compared):
        yield (
            f"What the given policy would have said later of {counted(cut, 'deploy')}: a rollback was decided then,"
            " and the evidence ends with it."
        )
    if going := sum(not one.ended for one in compared):
        yield f"What is still to come of {counted(going, 'deploy')} under watch."
    if not counts_alike:
        yield "What count_abnormal would change: minutes are kept as they were counted, and nothing here shows it."
    if other := [one for one in compared if not one.as_recorded]:
        policies = ", ".join(sorted({name for one in other for name in one.policies}))
        yield (
            f"Why {counted(len(other), 'deploy')} went otherwise then than under the policy in force: by the policies"
            f" of then ({policies or 'none decided'}), or by another version of the engine."
        )
