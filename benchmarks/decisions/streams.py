"""What a judge is shown of a release, minute by minute, and what only an oracle may know.

Everything holds many releases of one cell at once. Shapes: ``R`` releases, each of a service of its own; ``T`` minutes
of the watch; ``S`` segments, which together are all traffic; ``D`` ten-minute bins of the 14 days before the deploy;
``I`` issues that are new in the release, in the order in which they were first seen.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]
Flags = NDArray[np.bool_]

Kind = Literal["canary", "ramp", "replace"]

BIN_MINUTES = 10
DAY_MINUTES = 1440
PAST_BINS = 14 * DAY_MINUTES // BIN_MINUTES


@dataclass(frozen=True, slots=True)
class Plan:
    """How the release was to be put out; the same for all releases of a cell."""

    kind: Kind
    """``canary`` (a constant share), ``ramp`` (a share that rises in steps) or ``replace`` (all at once)."""
    share: Shares
    """[T] the planned share of traffic, in (0, 1]."""
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """The service in the 14 days before the deploy; the last bin ends with it."""

    started: Counts
    """[R, D, S] sessions."""
    hurt: Counts
    """[R, D, S] users newly hurt."""
    crashed: Counts
    """[R, D] crashed sessions, a user's crash loops included."""
    errors: Counts
    """[R, D] users newly hit by a handled error."""
    feedback: Counts
    negative: Counts
    """[R, D] what users wrote, and how much of it is negative."""
    sibling_started: Counts
    sibling_hurt: Counts
    """[R, D] the same of all sibling services together; zeros where a service has none."""
    minute_of_day: Counts
    """[R] of the deploy, in UTC."""
    day_of_week: Counts
    """[R] of the deploy; Monday is 0."""


@dataclass(frozen=True, slots=True)
class Arm:
    """What one of the two releases did in each minute of the watch."""

    started: Counts
    """[R, T, S]."""
    ended: Counts
    """[R, T] sessions known to have ended, which lags behind `started`."""
    crashed: Counts
    """[R, T]."""
    hurt: Counts
    """[R, T, S]."""
    errors: Counts
    feedback: Counts
    negative: Counts
    """[R, T]."""


@dataclass(frozen=True, slots=True)
class Stream:
    """All that becomes known during the watch. A judge may use what lies at or before the minute it speaks of."""

    new: Arm
    old: Arm
    """Zeros while the plan gives the new release everything."""
    issues: Counts
    """[R, T, I] users newly hit by each new issue."""
    sibling_started: Counts
    sibling_hurt: Counts
    """[R, T]."""


@dataclass(frozen=True, slots=True)
class Due:
    """Means by minute of one arm's counts, incidents and noise of the service's rates included, the fault left out."""

    hurt: Shares
    """[R, T, S]."""
    errors: Shares
    """[R, T]."""
    negative: Shares
    """[R, T] the share of feedback that is negative."""


@dataclass(frozen=True, slots=True)
class Truth:
    bad: Flags
    """[R]."""
    onset: Counts
    """[R] the minute from which a bad release hurts; T of a healthy one."""
    effect: Shares
    """[R, T] what the fault multiplies; 1 before the onset and of healthy releases."""
    signal: str
    """Which count it multiplies: ``crash``, ``errors``, ``issue`` (adds users of one new issue) or ``feedback``."""
    segment: Counts
    """[R] the one that is hit; -1 for all."""
    new: Due
    old: Due
    issues: Shares
    """[R, T, I] means of the healthy release's new issues."""
    fault: Shares
    """[R, T] mean of the users that the fault adds to the first new issue; zeros unless the signal is ``issue``."""
    hurt_by_fault: Shares
    """[R, T] users whom the fault hurts, in the mean: what a late verdict costs."""
    incident: Flags
    """[R, T] whether an incident is on that the old release and the siblings suffer too."""


@dataclass(frozen=True, slots=True)
class Episode:
    """So many releases of one cell."""

    past: Past
    plan: Plan
    stream: Stream
    truth: Truth
