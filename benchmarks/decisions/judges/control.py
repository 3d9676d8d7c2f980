"""What the peers compare: crashed sessions of the new release with those of its control.

In a canary and in a ramp the control is the old release at the same time. A replace leaves none; then practice takes
the time before, and so do all peers here: the same minutes of the day before the deploy, which at least share the hour
of the day. History is in ten-minute bins; each is spread evenly over its minutes, hence fractions of a session.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.streams import BIN_MINUTES, DAY_MINUTES, Counts, Past, Plan, Shares, Stream

DAY_BINS = DAY_MINUTES // BIN_MINUTES


@dataclass(frozen=True, slots=True)
class Sessions:
    """[R, T] each, by minute or from the deploy on, as whoever made it says."""

    crashed: Shares
    started: Shares
    control_crashed: Shares
    control_started: Shares


def by_minute(past: Past, plan: Plan, stream: Stream) -> Sessions:
    new = stream.new
    minutes = new.crashed.shape[1]
    if plan.kind == "replace":
        control = day_before(past.crashed, minutes), day_before(past.started.sum(axis=2), minutes)
    else:
        control = stream.old.crashed.astype(float), stream.old.started.sum(axis=2).astype(float)
    return Sessions(new.crashed.astype(float), new.started.sum(axis=2).astype(float), *control)


def since_deploy(past: Past, plan: Plan, stream: Stream) -> Sessions:
    minutes = by_minute(past, plan, stream)
    return Sessions(
        minutes.crashed.cumsum(axis=1),
        minutes.started.cumsum(axis=1),
        minutes.control_crashed.cumsum(axis=1),
        minutes.control_started.cumsum(axis=1),
    )


def day_before(bins: Counts, minutes: int) -> Shares:
    """[R, minutes] the last day of ``bins`` [R, D] by minute; a watch of more than a day meets it again."""
    last_day = np.repeat(bins[:, -DAY_BINS:] / BIN_MINUTES, BIN_MINUTES, axis=1)
    repeated: Shares = last_day[:, np.arange(minutes) % DAY_MINUTES]
    return repeated


def share(part: Shares | Counts, whole: Shares | Counts, nothing: float = 0.0) -> Shares:
    """``part / whole``, at most 1; ``nothing`` where the whole is empty."""
    divided = np.divide(part, whole, out=np.full(np.shape(part), nothing), where=np.asarray(whole) > 0)
    return np.minimum(divided, 1.0)


def own_crash_share(past: Past) -> Shares:
    """[R] crashed sessions a session in the 14 days before the deploy."""
    return share(past.crashed.sum(axis=1), past.started.sum(axis=(1, 2)))
