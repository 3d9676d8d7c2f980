"""How much of a signal's evidence counts, measured on pretended deploys in the service's own history (2.5, 2A P6, P4).

An exact e-process has a highest ``log E`` of mean at most 1, since it exceeds b with probability at most e^-b. Where
pretended deploys, at which nothing was deployed, reach more, the model does not fit the service, and ``log E / T`` is
taken instead of ``log E``. A fuse that rests on few deploys of one history, not a proof.
"""

import numpy as np

from analytics.statistics import hidden_cause, onset, profile
from analytics.statistics.causes import Causes, Counts
from analytics.statistics.e_process import EFFECTS, stretch
from analytics.statistics.likelihood import Vector
from analytics.statistics.profile import Past, Profile
from analytics.statistics.season import BIN_MINUTES

SAFETY = 1.3
"""On the mean: it is that of some thirty deploys."""
WATCH_MINUTES, EARLIER_MINUTES = 720, 360
"""A pretended deploy every 12 hours, watched until the next, with the 6 hours before it known."""
WATCH, EARLIER = WATCH_MINUTES // BIN_MINUTES, EARLIER_MINUTES // BIN_MINUTES


def temper(highest: Vector) -> Vector:
    """``T``, at least 1, from the highest ``log E`` of each pretended deploy [..., deploys]; 1 without any."""
    reached = np.maximum(highest, 0.0)  # every e-process starts at 1
    mean: Vector = reached.sum(axis=-1) / max(reached.shape[-1], 1)
    return np.maximum(1.0, SAFETY * mean)


def of_replace(known: Profile, past: Past, margin: float) -> Vector:
    """``T`` of the test of a full replace [...]."""
    counts = profile.history(known, past, known_at_start=True)
    return temper(highest(profile.of_replace(profile.beside_axis(known), BIN_MINUTES), counts, margin))


def of_canary(known: Profile, past: Past, margin: float, share: float, chance: np.random.Generator) -> Vector:
    """``T`` of the test beside an old arm with history [...], for a canary with ``share`` of the traffic.

    On thinned history the null holds exactly, with the service's real traffic, bursts and incidents.
    """
    counts = thinned(profile.history(known, past, known_at_start=True), share, chance)
    return temper(highest(profile.of_canary(profile.beside_axis(known), BIN_MINUTES), counts, margin))


def thinned(counts: Counts, share: float, chance: np.random.Generator) -> Counts:
    """A pretended canary: each of a service's own units is the new arm's with ``share``, else the old arm's."""
    new = chance.binomial(counts.own.astype(np.int64), share).astype(np.float64)
    return Counts(new, counts.own_due * share, counts.own - new, counts.own_due * (1.0 - share))


def highest(causes: Causes, counts: Counts, margin: float) -> Vector:
    """The highest ``log E`` of each pretended deploy in ``counts`` [..., bins]: [..., deploys].

    ``causes`` [..., 1] is the model for steps of ten minutes; its last leading axis stands for the deploys.
    """
    begins = np.arange(counts.own.shape[-1] - WATCH, EARLIER - 1, -WATCH)
    if not len(begins):
        return np.zeros((*counts.own.shape[:-1], 0))
    stakes = onset.stakes(WATCH_MINUTES).reshape(WATCH, BIN_MINUTES).sum(axis=-1)
    watch = hidden_cause.Watch(causes, EFFECTS * stretch(margin), margin, onset.schedule(stakes))
    before, during = (counts.at(begins[:, np.newaxis] + bins) for bins in (np.arange(-EARLIER, 0), np.arange(WATCH)))
    course = hidden_cause.course(watch, hidden_cause.begin(watch, causes, before), during)
    reached: Vector = course.max(axis=-1)
    return reached
