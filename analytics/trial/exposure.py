"""Which share of the exposure the new arm had (decision-engine.md, 2.3): by the plan, and by the sessions told."""

from dataclasses import dataclass

import numpy as np

from analytics.statistics.likelihood import Vector
from analytics.trial.minutes import Minute

KEPT_A_MINUTE = 0.98
"""Of the sessions told: half are forgotten after 34 minutes."""
PLANNED_SESSIONS = 200.0
"""The planned share counts as so many sessions of a canary's segment."""
PLANNED_A_MINUTE = 2.0
"""And as so many of a ramp's, in which those who come first may be others than the rest."""
MOST = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Told:
    """Sessions of late [..., segments]."""

    new: Vector
    old: Vector


def nothing_told(shape: tuple[int, ...]) -> Told:
    return Told(np.zeros(shape), np.zeros(shape))


def tell(told: Told, minute: Minute) -> Told:
    return Told(KEPT_A_MINUTE * told.new + minute.new.started, KEPT_A_MINUTE * told.old + minute.old.started)


def of_canary(told: Told, minute: Minute) -> Vector:
    """[..., segments]. The planned share is the least: sessions of the new arm may be lost, or told late."""
    planned = minute.share[..., np.newaxis]
    share = (told.new + PLANNED_SESSIONS * planned) / (told.new + told.old + PLANNED_SESSIONS)
    return np.minimum(np.maximum(planned, share), MOST)


def of_ramp(minute: Minute) -> Vector:
    """[..., segments], as it was in this very minute: no plan tells who takes part in a ramp."""
    new, planned = minute.new.started, minute.share[..., np.newaxis]
    share = (new + PLANNED_A_MINUTE * planned) / (new + minute.old.started + PLANNED_A_MINUTE)
    return np.minimum(share, MOST)


def overall(shares: Vector, told: Told) -> Vector:
    """[...]: of all segments, by their sessions."""
    weights = told.new + told.old + 1.0
    return np.asarray((shares * weights).sum(axis=-1) / weights.sum(axis=-1))
