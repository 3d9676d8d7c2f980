"""What is staked before the first minute (decision-engine.md, 2A, P2 and P3), and what the stakes have come to.

A signal has streams: all traffic and, where it is told by segment, each of them. The stakes of all signals, streams and
effects sum to 1, so that their sum of e-processes is one.
"""

from dataclasses import dataclass

import numpy as np

from analytics.statistics import e_process, onset, stakes
from analytics.statistics.likelihood import Vector
from analytics.statistics.stakes import Prospect


@dataclass(frozen=True, slots=True)
class Bets:
    """Of one signal."""

    log_share: Vector
    """Of all stakes, on each stream [..., streams]."""
    log_weights: Vector
    """Of a stream's stake, on each effect [..., streams, effects]; each stream's sum to 1."""
    onsets: onset.Schedule
    """[..., streams, minutes]."""


def place(cells: Vector, typical: Prospect, threshold: float, minutes: int) -> Bets:
    """``cells``: the stakes [..., streams, effects]. ``typical``: what each tells of one effect [..., streams]."""
    total = cells.sum(axis=-1)
    with np.errstate(divide="ignore"):
        return Bets(
            np.log(total),
            np.log(cells / total[..., np.newaxis]),
            onset.schedule(stakes.onsets(typical, threshold, minutes)),
        )


def at_effect(prospect: Prospect, effect: int) -> Prospect:
    return Prospect(prospect.information[..., effect], prospect.variance[..., effect])


@dataclass(frozen=True, slots=True)
class Running:
    """What a signal's bets have come to."""

    onsets: Vector
    """``ln R`` of `onset` [..., streams, effects]."""
    at_margin: Vector
    """``ln L(1 + margin)`` over L(1) [..., streams]."""


def nothing_yet(bets: Bets) -> Running:
    return Running(np.full(bets.log_weights.shape, -np.inf), np.zeros(bets.log_share.shape))


def ride(bets: Bets, running: Running, effects: Vector, at_margin: Vector, minute: int) -> Running:
    """One minute more: log-likelihood ratios of effects [..., streams, effects] and of the margin [..., streams]."""
    return Running(
        onset.step(running.onsets, effects, bets.onsets.stake(minute)),
        running.at_margin + at_margin,
    )


def worth(bets: Bets, running: Running, minute: int, healthy_share: float) -> Vector:
    """``ln`` of stake times e-value after ``minute`` [..., streams]."""
    told: Vector = bets.log_share + e_process.log_evidence(
        running.onsets, running.at_margin, bets.onsets.unspent(minute), bets.log_weights, healthy_share
    )
    return told
