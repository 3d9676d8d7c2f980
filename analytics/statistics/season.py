"""What is usual of a count: its rate by hour of the day and its level, from hours without incidents (2.4, 2A).

History is [..., bins] of ten minutes that end at the history's end, of any number. The day is cut at that moment too:
hour 0 is the one after it, so that no clock is needed and releases of any hour lie side by side. Hours are [..., days,
24]. A bin without sessions is a gap and tells nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.likelihood import Numbers, Vector

Kept = NDArray[np.bool_]

BIN_MINUTES, BINS_AN_HOUR, HOURS = 10, 6, 24
BINS_A_DAY = HOURS * BINS_AN_HOUR

PSEUDO_UNITS = 30.0
"""So many units, as many as are due, are added to each hour's and each level's: few units move neither."""
ADDED_UNITS, ADDED_SESSIONS = 1.0, 100.0
"""Added to all history: one unit in a hundred sessions is what is thought of a service before anything is known. It is
more than most have, so that a spotless or an empty history is not taken for a rate of zero."""
INCIDENT_TIMES, INCIDENT_CHANCE = 1.6, 4.0
"""An hour with more than 1.6 e + 4 sqrt(e) units where e were due is one of an incident, as are its neighbours."""
CALM_SPREAD = 0.2
"""Of a service for which that holds: 1.6 is 2.35 of its standard deviations, and so it is for one that strays more.
Else a noisy service's own hills would be taken for incidents, and what is left for a calm one."""
ROUNDS = 3
"""Fits, each without the hours that stood out of the one before: an incident raises what is due in the first."""
LEVEL_DAYS = 3


@dataclass(frozen=True, slots=True)
class Season:
    rate: Vector
    """Units a session in each hour [..., 24]."""
    levels: Vector
    """Against that rate, of the `LEVEL_DAYS` before each day and, at last, before the history's end [..., days + 1]."""
    units: Vector
    """Seen in the last `LEVEL_DAYS` [...]: of how many the present level is known."""
    kept: Kept
    """Hours that were neither gaps nor near an incident [..., days, 24]."""
    predicted: Vector
    """Units in each hour [..., days, 24] by the rate of the other days and the level before its day; none in a gap."""

    def at(self, minutes: Vector) -> Vector:
        """Units a session at ``minutes`` [n] after the history's end, by the present level [..., n]."""
        rate: Vector = self.levels[..., -1:] * self._rate(minutes)
        return rate

    def before(self, bins: int, *, known_at_start: bool) -> Vector:
        """Units a session in each of the last ``bins`` [..., bins].

        By the level of the days up to each day's start, as it was known then, or up to its end.
        """
        levels = self.levels[..., :-1] if known_at_start else self.levels[..., 1:]
        of_bins = np.repeat(levels, BINS_A_DAY, axis=-1)
        middles = BIN_MINUTES * (np.arange(-bins, 0, dtype=float) + 0.5)
        known: Vector = of_bins[..., of_bins.shape[-1] - bins :] * self._rate(middles)
        return known

    def _rate(self, minutes: Vector) -> Vector:
        """Between the middles of hours in a straight line: a rate that jumps on the hour would look like drift."""
        hour = np.asarray(minutes, dtype=float) / 60.0 - 0.5
        earlier = np.floor(hour)
        part, index = hour - earlier, earlier.astype(int)
        rate: Vector = (1.0 - part) * self.rate[..., index % HOURS] + part * self.rate[..., (index + 1) % HOURS]
        return rate


def fit(units: Numbers, started: Numbers) -> Season:
    """The season of ``units`` in ``started`` sessions, both [..., bins]."""
    seen, sessions = by_hours(units), by_hours(started)
    exposed = sessions > 0
    kept = exposed
    for _ in range(ROUNDS):
        due = sessions * _rates(seen, sessions, kept)[..., np.newaxis, :]
        times = INCIDENT_TIMES ** np.maximum(_spread_below(seen, due) / CALM_SPREAD, 1.0)
        kept = exposed & ~_and_neighbours(seen > times * due + INCIDENT_CHANCE * np.sqrt(due))
    rate = _rates(seen, sessions, kept)
    recent_units, recent_due = _recent(seen, sessions * rate[..., np.newaxis, :], kept, exposed)
    levels = (recent_units + PSEUDO_UNITS) / (recent_due + PSEUDO_UNITS)
    predicted = sessions * _rates_of_others(seen, sessions, kept) * levels[..., :-1, np.newaxis]
    return Season(rate, levels, recent_units[..., -1], kept, predicted)


def by_hours(bins: Numbers) -> Vector:
    """[..., bins] summed to [..., days, 24], at least one day; what is missing of the first day is a gap."""
    whole = whole_days(bins)
    hours: Vector = whole.reshape(*whole.shape[:-1], BINS_AN_HOUR).sum(axis=-1)
    return hours


def whole_days(bins: Numbers) -> Vector:
    """[..., bins] as [..., days, 24, 6], filled in front with 0."""
    count = bins.shape[-1]
    missing = -count % BINS_A_DAY if count else BINS_A_DAY
    filled = np.pad(np.asarray(bins, dtype=float), [(0, 0)] * (bins.ndim - 1) + [(missing, 0)])
    return filled.reshape(*bins.shape[:-1], -1, HOURS, BINS_AN_HOUR)


def _rates(units: Vector, sessions: Vector, kept: Kept) -> Vector:
    """[..., 24]: each hour's rate, drawn to that of all hours."""
    seen, exposed = (units * kept).sum(axis=-2), (sessions * kept).sum(axis=-2)
    return _drawn(seen, exposed, _overall(seen, exposed))


def _rates_of_others(units: Vector, sessions: Vector, kept: Kept) -> Vector:
    """[..., days, 24]: the same for each day, from all days but it."""
    seen, exposed = units * kept, sessions * kept
    all_seen, all_exposed = seen.sum(axis=-2, keepdims=True), exposed.sum(axis=-2, keepdims=True)
    return _drawn(all_seen - seen, all_exposed - exposed, _overall(all_seen, all_exposed))


def _overall(seen: Vector, exposed: Vector) -> Vector:
    """[..., 1]."""
    total = seen.sum(axis=-1, keepdims=True) + ADDED_UNITS
    overall: Vector = total / (exposed.sum(axis=-1, keepdims=True) + ADDED_SESSIONS)
    return overall


def _drawn(seen: Vector, exposed: Vector, overall: Vector) -> Vector:
    rates: Vector = (seen + PSEUDO_UNITS) / (exposed + PSEUDO_UNITS / overall)
    return rates


def _spread_below(units: Vector, due: Vector) -> Vector:
    """How far hours with less than was due stray beyond chance [..., 1, 1]: no incident is among them."""
    squares = 2.0 * (np.minimum(units - due, 0.0) ** 2).sum(axis=(-2, -1), keepdims=True)
    beyond = np.maximum(squares - due.sum(axis=(-2, -1), keepdims=True), 0.0)
    spread: Vector = np.sqrt(beyond / np.maximum((due**2).sum(axis=(-2, -1), keepdims=True), 1.0))
    return spread


def _and_neighbours(hours: Kept) -> Kept:
    """[..., days, 24], with the hour before and the hour after each."""
    flat = hours.reshape(*hours.shape[:-2], -1)
    wide = flat.copy()
    wide[..., 1:] |= flat[..., :-1]
    wide[..., :-1] |= flat[..., 1:]
    return wide.reshape(hours.shape)


def _recent(units: Vector, due: Vector, kept: Kept, exposed: Kept) -> tuple[Vector, Vector]:
    """Units seen and due in the `LEVEL_DAYS` before each day and before the end [..., days + 1], without incidents.

    Where more than half of those hours stand out, that is no incident but the level.
    """
    calm = _trailing(kept) >= 0.5 * _trailing(exposed)
    seen = np.where(calm, _trailing(units * kept), _trailing(units * exposed))
    return seen, np.where(calm, _trailing(due * kept), _trailing(due))


def _trailing(hours: Vector | Kept) -> Vector:
    """Sums over the `LEVEL_DAYS` before each day and before the end, [..., days + 1]."""
    total = np.cumsum(hours.sum(axis=-1), axis=-1)
    total = np.concatenate([np.zeros((*total.shape[:-1], LEVEL_DAYS + 1)), total], axis=-1)
    sums: Vector = total[..., LEVEL_DAYS:] - total[..., :-LEVEL_DAYS]
    return sums
