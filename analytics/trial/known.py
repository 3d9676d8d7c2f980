"""What is known of a service before a deploy: of each signal's usual course, and of how its traffic is made up."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.statistics import feedback, profile
from analytics.statistics.causes import Counts
from analytics.statistics.feedback import Habit
from analytics.statistics.likelihood import Numbers, Vector
from analytics.statistics.profile import Past, Profile
from analytics.statistics.season import BIN_MINUTES
from analytics.statistics.stakes import Signal

EARLIER_BINS = 36
"""The six hours before the deploy, which tell of an incident that is on already."""
PLANNED_SESSIONS = 10.0
"""Each segment is thought to have had so many sessions more: none is taken for impossible."""


@dataclass(frozen=True, slots=True)
class Known:
    crash: Profile
    errors: Profile
    habit: Habit
    mix: Vector
    """Of the sessions, each segment's share [..., segments]."""
    before: Mapping[Signal, Counts]
    """The last bins before the deploy [..., 1, bins], of crashes and errors."""
    feedback_a_minute: Vector
    """[...]."""


def learn(crash: Past, errors: Past, items: Vector, negative: Vector) -> Known:
    """From histories that end with the deploy; ``items`` and ``negative`` of feedback are [..., bins]."""
    of_crash, of_errors = profile.learn(crash), profile.learn(errors)
    sessions = crash.started.sum(axis=-2) + PLANNED_SESSIONS
    return Known(
        crash=of_crash,
        errors=of_errors,
        habit=feedback.learn(items, negative),
        mix=sessions / sessions.sum(axis=-1, keepdims=True),
        before={
            "crash": _last(profile.history(of_crash, crash, known_at_start=False)),
            "errors": _last(profile.history(of_errors, errors, known_at_start=False)),
        },
        feedback_a_minute=items.mean(axis=-1) / BIN_MINUTES,
    )


def _last(counts: Counts) -> Counts:
    """With an axis for the streams [..., 1, bins], which all begin from the service's own past."""

    def kept(of: Numbers) -> Numbers:
        return of[..., np.newaxis, -EARLIER_BINS:]

    due, control_due = (of[..., np.newaxis, -EARLIER_BINS:] for of in (counts.own_due, counts.control_due))
    return Counts(kept(counts.own), due, kept(counts.control), control_due)
