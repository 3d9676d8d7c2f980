"""A backtest: the minutes of one release after another, once through the engine under two policies in step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.learning.backtest import Run
from analytics.learning.backtest_summary import Compared
from models.domain.policy import Policy
from seatrial.backtest.reading import Server, Watched, minutes

STEP = 60
"""Minutes between two words of progress."""


@dataclass(frozen=True, slots=True)
class Progress:
    release: str
    minutes: int
    """Of all releases, up to here."""
    total: int


def compare(
    server: Server, past: Sequence[Watched], in_force: Policy, given: Policy, on_progress: Callable[[Progress], None]
) -> list[Compared]:
    """Every deploy, in their order."""
    total, done, found = sum(one.minutes for one in past), 0, []
    for one in past:
        before = done

        def told(count: int, release: str = one.past.deploy.release, before: int = before) -> None:
            on_progress(Progress(release, before + count, total))

        found.append(_compare(server, one, in_force, given, told))
        done += one.minutes
        told(one.minutes)
    return found


def _compare(
    server: Server, one: Watched, in_force: Policy, given: Policy, on_minutes: Callable[[int], None]
) -> Compared:
    runs = Run(one.past, in_force), Run(one.past, given)
    as_recorded, count = True, 0
    for count, (minute, recorded) in enumerate(minutes(server, one), start=1):
        verdict, _ = (run.fold(minute) for run in runs)
        as_recorded = as_recorded and verdict is recorded
        if count % STEP == 0:
            on_minutes(count)
    then, now = (run.finish() for run in runs)
    return Compared(
        deploy=one.past.deploy.deploy,
        release=one.past.deploy.release,
        first_minute=one.first_minute,
        minutes=count,
        bad=one.bad,
        cut=one.cut,
        ended=one.ended,
        as_recorded=as_recorded,
        policies=one.policies,
        in_force=then,
        given=now,
    )
