"""The sessions that are due at a time of the week, and the exposure where fewer are told of (2A, P5).

Exposure is the sessions that started, as they are. Only where a fault of telemetry is plain it is what was due, since
hurt users of sessions nobody told of would look like harm; a release is held meanwhile.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.likelihood import Numbers, Vector
from analytics.statistics.season import HOURS, by_hours

WEEK = 7
PLAIN_SHARE, PLAIN_SPREAD = 0.7, 3.0
"""A fault is plain where fewer than .7 e - 3 sqrt(e) sessions started of e that were due."""
SPANS: Vector = np.array([1.0, 10.0, 100.0])
"""Minutes over which that is looked at: this one's, and two decayed sums."""


@dataclass(frozen=True, slots=True)
class Traffic:
    sessions: Vector
    """Due a minute in each hour of the week that follows the history [..., 168]."""

    def at(self, minute: int) -> Vector:
        """Sessions due in the minute so long after the history's end [...]."""
        return self.sessions[..., minute // 60 % (WEEK * HOURS)]


@dataclass(frozen=True, slots=True)
class Telling:
    """Sessions that started and that were due, decayed over `SPANS`, [..., spans]."""

    started: Vector
    due: Vector


NOTHING_TOLD = Telling(np.zeros(len(SPANS)), np.zeros(len(SPANS)))


def learn(started: Numbers) -> Traffic:
    """From sessions [..., bins]: the mean of the same hours of the same weekdays and, as one more week, of all days.

    Hours without any session are taken for gaps.
    """
    hours = by_hours(started)
    days = hours.shape[-2]
    weeks = -(-days // WEEK)
    hours = np.pad(hours, [(0, 0)] * (hours.ndim - 2) + [(weeks * WEEK - days, 0), (0, 0)])
    known = hours > 0.0
    any_day = hours.sum(axis=-2) / np.maximum(known.sum(axis=-2), 1)
    shape = (*hours.shape[:-2], weeks, WEEK, HOURS)
    same, seen = hours.reshape(shape).sum(axis=-3), known.reshape(shape).sum(axis=-3)
    mean = (same + any_day[..., np.newaxis, :]) / (seen + 1.0)
    return Traffic(mean.reshape(*mean.shape[:-2], WEEK * HOURS) / 60.0)


def tell(before: Telling, started: Numbers, due: Vector) -> Telling:
    """One minute more, both [...]."""
    kept = 1.0 - 1.0 / SPANS
    return Telling(kept * before.started + started[..., np.newaxis], kept * before.due + due[..., np.newaxis])


def faulty(told: Telling) -> NDArray[np.bool_]:
    """Whether sessions plainly go missing, now or of late [...]."""
    least = PLAIN_SHARE * told.due - PLAIN_SPREAD * np.sqrt(told.due)
    return np.asarray((told.started < least).any(axis=-1))


def exposure(told: Telling, started: Numbers, due: Vector) -> Vector:
    """The sessions of the last minute that count [...]."""
    return np.where(faulty(told), np.maximum(started, due), started)
