"""What is known of one count of a service before a deploy, from its last 14 days (decision-engine.md, 2.4 and 2A, P5).

History comes in bins of ten minutes, of any number: with less of it the spread is wider and the rest nearer to what is
thought of any service; with none everything is finite, and hardly any evidence can arise (`season`, `spread`).
"""

from dataclasses import dataclass, replace

import numpy as np

from analytics.statistics import causes, own_incidents, season, spread, traffic
from analytics.statistics.causes import OWN_INCIDENTS, Causes, Counts, Incidents, Siblings
from analytics.statistics.likelihood import Numbers, Vector
from analytics.statistics.season import BIN_MINUTES, PSEUDO_UNITS, Season, by_hours
from analytics.statistics.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Past:
    """Bins of ten minutes up to the history's end; segments are all traffic together, and siblings one control."""

    started: Numbers
    units: Numbers
    """Sessions, and users hurt (or whatever is counted), [..., bins, segments]."""
    sibling_started: Numbers
    sibling_units: Numbers
    """[..., bins]; all 0 without siblings."""

    @property
    def bins(self) -> int:
        return int(self.started.shape[-2])


@dataclass(frozen=True, slots=True)
class Profile:
    season: Season
    factors: Vector
    """Each segment's rate over that of all [..., segments]."""
    siblings: Season
    spread: Vector
    """Standard deviation of the log rate's drift [...]."""
    moving: Siblings
    """How the siblings' rate moves."""
    incidents: Incidents
    """The service's own."""
    traffic: Traffic


def learn(past: Past) -> Profile:
    units, started = past.units.sum(axis=-1), past.started.sum(axis=-1)
    own, theirs = season.fit(units, started), season.fit(past.sibling_units, past.sibling_started)
    width = spread.spread(units, own)
    profile = Profile(
        season=own,
        factors=_factors(past, own),
        siblings=theirs,
        spread=width,
        moving=_moving(width, units, own, past.sibling_units, theirs),
        incidents=OWN_INCIDENTS,
        traffic=traffic.learn(started),
    )
    counts = history(profile, past, known_at_start=False)
    return replace(profile, incidents=own_incidents.learn(of_replace(beside_axis(profile), BIN_MINUTES), counts))


# What is due --------------------------------------------------------------------------------------------------------


def own_due(profile: Profile, sessions: Numbers, minute: float) -> Vector:
    """Units due in each segment's ``sessions`` [..., segments], ``minute`` minutes after the history's end."""
    rate = profile.season.at(np.array([minute]))
    due: Vector = sessions * rate * profile.factors
    return due


def sibling_due(profile: Profile, sessions: Numbers, minute: float) -> Vector:
    """Units due in the siblings' ``sessions`` [...]."""
    due: Vector = sessions * profile.siblings.at(np.array([minute]))[..., 0]
    return due


def history(profile: Profile, past: Past, *, known_at_start: bool) -> Counts:
    """The past as counts of all segments beside the siblings' [..., bins].

    What was due follows the level that was known at each day's start, or at its end.
    """
    own = profile.season.before(past.bins, known_at_start=known_at_start)
    theirs = profile.siblings.before(past.bins, known_at_start=known_at_start)
    of_segments = past.started * profile.factors[..., np.newaxis, :]
    return Counts(
        own=past.units.sum(axis=-1),
        own_due=of_segments.sum(axis=-1) * own,
        control=past.sibling_units,
        control_due=past.sibling_started * theirs,
    )


# The models of what moves it ----------------------------------------------------------------------------------------


def of_replace(profile: Profile, minutes: float = 1.0) -> Causes:
    """For steps of so many minutes, beside siblings."""
    return causes.beside_siblings(profile.spread, profile.moving, profile.incidents, minutes)


def of_canary(profile: Profile, minutes: float = 1.0) -> Causes:
    """For steps of so many minutes, beside the old arm."""
    return causes.beside_old_arm(profile.spread, profile.incidents, minutes)


def beside_axis(profile: Profile) -> Profile:
    """The profile with one leading axis more [..., 1] in all that a model is made of: for many spans of one service."""
    moving, incidents = profile.moving, profile.incidents
    return replace(
        profile,
        spread=profile.spread[..., np.newaxis],
        moving=Siblings(*(each[..., np.newaxis] for each in (moving.spread, moving.coupling, moving.trust))),
        incidents=Incidents(*(each[..., np.newaxis] for each in (incidents.days, incidents.minutes))),
    )


def _moving(width: Vector, units: Numbers, own: Season, of_siblings: Numbers, theirs: Season) -> Siblings:
    coupled = spread.coupling(units, own, of_siblings, theirs)
    their_width = spread.spread(of_siblings, theirs)
    return Siblings(their_width, coupled, spread.trust(width, coupled, their_width, theirs))


def _factors(past: Past, own: Season) -> Vector:
    """[..., segments]: units over those due by the rate of all, in hours without incidents, drawn to 1."""
    units, started = (np.moveaxis(of, -1, -2) for of in (past.units, past.started))
    due = by_hours(started) * own.rate[..., np.newaxis, np.newaxis, :]
    kept = own.kept[..., np.newaxis, :, :]
    seen = (by_hours(units) * kept).sum(axis=(-2, -1))
    factors: Vector = (seen + PSEUDO_UNITS) / ((due * kept).sum(axis=(-2, -1)) + PSEUDO_UNITS)
    return factors
