"""What becomes of the news on its way: it comes late, some of it is lost, and some is over a limit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from benchmarks.decisions.generator.episodes import Law, episodes
from benchmarks.decisions.generator.grid import WATCH, Grid
from benchmarks.decisions.generator.laws import Range, log_uniform, uniform
from benchmarks.decisions.streams import Counts, Shares

Values = TypeVar("Values", Counts, Shares)

LOSS = Law(a_day=None, minutes=60.0, spread=0.7, factor=(0.1, 0.7))
"""Its factor is the share of sessions that still get through."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    ends: Range = (1.0, 20.0)
    """Minutes, in the mean, until the end of a session is known."""
    crashes: float = 0.0
    """Minutes, in the mean, until a crash is booked: a wrong clock, or a client that tells at its next start."""
    sampled: Range = (1.0, 1.0)
    """The share of the new release's sessions of which anything is told, crashes included."""
    lost: Range | None = None
    """Minutes between which a loss begins in which sessions are lost, but hurt users are still told of."""
    lost_of_old: bool = True
    """Whether the old release's sessions are lost as well."""
    quota: Range | None = None
    """Sessions taken, as a multiple of the mean traffic; hurt users have a quota of their own, which is not reached."""


def kept_in_loss(generator: np.random.Generator, telemetry: Telemetry, releases: int, grid: Grid) -> Shares:
    """[R, T] the share of sessions that are not lost."""
    if telemetry.lost is None:
        return np.ones((releases, grid.minutes))
    return episodes(generator, LOSS, releases, grid, telemetry.lost)[:, WATCH]


def quotas(generator: np.random.Generator, telemetry: Telemetry, releases: int, sessions: float) -> Shares:
    """[R] sessions a minute that are taken of the whole service."""
    if telemetry.quota is None:
        return np.full(releases, np.inf)
    return sessions * log_uniform(generator, telemetry.quota, releases)


def sampled(generator: np.random.Generator, telemetry: Telemetry, releases: int) -> Shares:
    """[R] the share of the new release's sessions of which anything is told."""
    return uniform(generator, telemetry.sampled, releases)


def ends(generator: np.random.Generator, telemetry: Telemetry, releases: int) -> Shares:
    """[R] minutes until the end of a session is known."""
    return log_uniform(generator, telemetry.ends, releases)


def within(quota: Shares, started: Counts) -> Shares:
    """[R, n] the share of ``started`` [R, n] that a ``quota`` [R, n] takes."""
    taken: Shares = np.minimum(1.0, quota / np.maximum(started, 1))
    return taken


def delayed(values: Values, leaving: Callable[[Values], Values], waiting: Values) -> Values:
    """[R, T, ...] when ``values`` [R, T, ...] are known, if each minute a part of what is waiting is ``leaving``.

    ``waiting`` [R, ...] is what was before the first minute.
    """
    known = np.empty_like(values)
    for minute in range(values.shape[1]):
        waiting = waiting + values[:, minute]
        known[:, minute] = leaving(waiting)
        waiting = waiting - known[:, minute]
    return known


def thinned(generator: np.random.Generator, delay: Shares | float) -> Callable[[Counts], Counts]:
    """What leaves, if each waits on its own, geometrically, ``delay`` minutes in the mean."""
    return lambda waiting: generator.binomial(waiting, 1.0 / (1.0 + delay))


def thinned_mean(delay: Shares | float) -> Callable[[Shares], Shares]:
    """The mean of `thinned`."""
    return lambda waiting: waiting / (1.0 + delay)
