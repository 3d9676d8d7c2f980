"""When a regression began, as a hidden state (decision-engine.md, 2A, P3).

The stake on each effect is spread over every minute in which a regression may begin. All those bets together are one
running sum an effect, as in Shiryaev's and Roberts' recursion, ``R <- (R + w_t) LR(t)``; and since the stakes sum to 1
it is a mixture of e-processes, so that Ville's inequality holds as it does for one. Values are natural logarithms;
effects lie on the last axis, whatever axes come before it.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from analytics.statistics.likelihood import Vector

NOW, LATER, SCALE = 0.65, 0.35, 30
"""Stake on a regression from the first minute, on a later onset, and the minutes over which that thins out."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The stake placed in each minute and what is unspent after it, as logarithms [..., T]."""

    log_stakes: Vector
    log_unspent: Vector

    def stake(self, minute: int) -> Vector:
        """[..., 1]: beside the effects. Nothing is left to place after the last minute; ``minute`` counts from 0."""
        if minute < self.log_stakes.shape[-1]:
            return self.log_stakes[..., minute, np.newaxis]
        return np.full((*self.log_stakes.shape[:-1], 1), -inf)

    def unspent(self, minute: int) -> Vector:
        """[...]: what stands at 1 after ``minute``."""
        return self.log_unspent[..., min(minute, self.log_unspent.shape[-1] - 1)]


@lru_cache(maxsize=32)
def usual(minutes: int) -> Schedule:
    """The schedule of a watch of so many minutes, of whose traffic nothing is known."""
    return schedule(stakes(minutes))


def stakes(minutes: int) -> Vector:
    """``w_0 = NOW`` and ``w_k`` proportional to ``1/(k + SCALE)``, summing to 1 [minutes]: no minute is special."""
    later = 1.0 / (np.arange(1, max(minutes, 2)) + SCALE)
    return np.concatenate([[NOW], LATER * later / later.sum()])


def schedule(stakes: Vector) -> Schedule:
    """The schedule of stakes [..., T] that sum to 1, the first of them above 0."""
    unspent = np.clip(1.0 - np.cumsum(stakes, axis=-1), 0.0, None)
    unspent[..., -1] = 0.0
    with np.errstate(divide="ignore"):
        return Schedule(np.log(stakes), np.log(unspent))


def placed(running: Vector, stake: Vector) -> Vector:
    """``R + w_t``: what rides on each effect in a minute."""
    riding: Vector = np.logaddexp(running, stake)
    return riding


def fresh(running: Vector, stake: Vector) -> Vector:
    """Which part of what rides on each effect was placed this minute."""
    part: Vector = np.exp(stake - placed(running, stake))
    return part


def step(running: Vector, increment: Vector, stake: Vector) -> Vector:
    """One minute of ``R <- (R + w_t) LR``; ``increment`` is ``ln LR``, relative to no effect."""
    return placed(running, stake) + increment


@dataclass(frozen=True, slots=True)
class Onsets:
    """The running sums, and for people the minute at which each effect began most likely. All [..., effects]."""

    running: Vector
    """``ln R``."""
    best: Vector
    """The logarithm of the largest single term of ``R``."""
    since: NDArray[np.int64]
    """The minute of that term, ``argmax_k w_k prod_{t >= k} LR(t)``; -1 before the first minute."""


def none_yet(shape: tuple[int, ...]) -> Onsets:
    nothing = np.full(shape, -inf)
    return Onsets(nothing, nothing, np.full(shape, -1))


def follow(onsets: Onsets, increment: Vector, stake: Vector, minute: int) -> Onsets:
    """One minute more.

    The largest term has a recursion of its own, ``M <- max(M, w_t) LR``, since ``R`` exceeds ``w_t`` for ever where a
    minute tells little: a hundred stakes just placed stand beside the new one. So ``since`` is exact.
    """
    begins = stake > onsets.best
    return Onsets(
        step(onsets.running, increment, stake),
        np.maximum(onsets.best, stake) + increment,
        np.where(begins, minute, onsets.since),
    )
