"""Bet only where the volume can settle the bet (decision-engine.md, 2A, P2).

Before the first minute it is worked out, for every signal, stream and effect, what the watch will tell: the mean and
the variance of the log-likelihood ratio if the effect is real, and from them the chance that it reaches the threshold.
Stakes in proportion to that chance leave nothing on bets that cannot be won. They are fixed in advance, are at least 0
and sum to 1; so any such stakes keep the guarantee, and bad forecasts of the volume cost speed, not safety.

Shapes: what is known of a stream is [...], effects are added as the last axis.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, xlogy

from analytics.statistics import onset
from analytics.statistics.e_process import EFFECT_WEIGHTS
from analytics.statistics.likelihood import Vector, worsened

Signal = Literal["crash", "errors", "issue", "feedback"]

SIGNAL_STAKES: Mapping[Signal, float] = {"crash": 0.50, "errors": 0.16, "issue": 0.18, "feedback": 0.16}
ALL, SEGMENTS = 0.70, 0.30
"""Of a signal's stake: on all traffic, and on its segments together."""
SPARE_NATS = 1.0
"""What a bet should win beyond the threshold: the part of the stake that rides on other bets must be won back too."""
LEAST = 0.02
"""No bet is worth less: a volume forecast may be wrong."""
ONSET_EFFECT = 3.0
"""The effect for which the chance of late onsets is worked out."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a whole watch will tell, under each effect [..., effects], in nats."""

    information: Vector
    """The mean of the log-likelihood ratio against no effect."""
    variance: Vector
    """Its variance."""

    def for_share(self, share: float | Vector) -> "Prospect":
        """In a share of the watch's exposure."""
        return Prospect(self.information * share, self.variance * share)


def count(units: float | Vector, effects: Vector) -> Prospect:
    """A Poisson count against a known mean: ``units`` [...] due at no effect (replace)."""
    due, logs = _beside(units), np.log(effects)
    return Prospect(due * (effects * logs - (effects - 1.0)), due * effects * logs**2)


def conditional(units: float | Vector, share: float | Vector, effects: Vector) -> Prospect:
    """Units of the new arm beside the old one's: ``units`` [...] due on the new arm, which has ``share`` of exposure.

    The variance is that of both arms' units: each of the new arm tells ln(theta/q) and each of the old one -ln q, with
    ``q = 1 - r + r theta``. (P2 gives ``m theta ln^2 theta``, which is the limit of it as r goes to 0.)
    """
    due, rho = _beside(units), _beside(share)
    mixed = np.log1p(rho * (effects - 1.0))
    new, old = due * effects, due * (1.0 - rho) / rho
    won = np.log(effects) - mixed
    return Prospect(new * won - old * mixed, new * won**2 + old * mixed**2)


def new_issue(sessions: float | Vector, rates: Vector, healthy: float) -> Prospect:
    """Users of a new issue in ``sessions`` [...], at ``rates`` [effects] a session against the ``healthy`` one."""
    due, logs = _beside(sessions), np.log(rates / healthy)
    return Prospect(due * (rates * logs - rates + healthy), due * rates * logs**2)


def feedback(items: float | Vector, share: float | Vector, effects: Vector) -> Prospect:
    """Of ``items`` [...] of feedback a ``share`` [...] negative at no effect, and ``effects`` times that otherwise."""
    n, q = _beside(items), _beside(share)
    worse = worsened(effects, q)
    per_item = xlogy(worse, worse / q) + xlogy(1.0 - worse, (1.0 - worse) / (1.0 - q))
    odds = np.log(worse / q) - np.log((1.0 - worse) / (1.0 - q))
    return Prospect(n * per_item, n * worse * (1.0 - worse) * odds**2)


def chance(prospect: Prospect, threshold: float) -> Vector:
    """``pi``: about how likely the log-likelihood ratio reaches ``threshold`` nats within the watch; at least `LEAST`.

    Normal at the end of the watch, so somewhat less than the chance of ever reaching it.
    """
    missing = prospect.information - threshold - SPARE_NATS
    spread = np.sqrt(np.maximum(prospect.variance, np.finfo(float).tiny))
    reached: Vector = np.maximum(ndtr(missing / spread), LEAST)
    return reached


def share_out(prior: Mapping[Signal, Vector], chances: Mapping[Signal, Vector]) -> dict[Signal, Vector]:
    """The stakes of all cells: prior times chance, normalised once over all signals, streams and effects.

    Both [..., streams, effects] for each signal, with the same leading axes; so a signal, a segment or an effect that
    can tell nothing lends its stake to those that can.
    """
    raw = {signal: prior[signal] * chances[signal] for signal in chances}
    total = sum(np.asarray(cells.sum(axis=(-2, -1))) for cells in raw.values())
    return {signal: cells / np.asarray(total)[..., np.newaxis, np.newaxis] for signal, cells in raw.items()}


def by_stream(cells: Vector) -> tuple[Vector, Vector]:
    """A signal's stakes [..., streams, effects] as `e_process.log_evidence` takes them, in logarithms.

    The stake on each stream [..., streams], and the weights of its effects, which sum to 1: ``log E`` of everything is
    the logarithm of the sum of all streams' stakes times their ``E``.
    """
    of_stream = cells.sum(axis=-1)
    return np.log(of_stream), np.log(cells / of_stream[..., np.newaxis])


def prior(signal: Signal, segments: int, effect_weights: Vector = EFFECT_WEIGHTS) -> Vector:
    """Stakes before any volume is known, [streams, effects]: all traffic first, then ``segments`` segments.

    A single segment is all traffic: then there is only that stream.
    """
    streams = np.array([1.0]) if segments <= 1 else np.append(ALL, np.full(segments, SEGMENTS / segments))
    return SIGNAL_STAKES[signal] * streams[:, np.newaxis] * effect_weights


def onsets(prospect: Prospect, threshold: float, minutes: int) -> Vector:
    """The stakes on each minute of onset, [..., minutes]: those of `onset`, scaled by what is left of the watch.

    ``prospect`` is that of `ONSET_EFFECT` over the whole watch, [...].
    """
    left = 1.0 - np.arange(minutes) / minutes
    whole = Prospect(_beside(prospect.information), _beside(prospect.variance))
    raw = onset.stakes(minutes)[:minutes] * chance(whole.for_share(left), threshold)
    scaled: Vector = raw / raw.sum(axis=-1, keepdims=True)
    return scaled


def _beside(value: float | Vector) -> Vector:
    """[...] as [..., 1]: beside the effects."""
    return np.asarray(value, dtype=float)[..., np.newaxis]
