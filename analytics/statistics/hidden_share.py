"""Evidence that feedback turned negative, where the usual share drifts (decision-engine.md, 2A, P7).

A hidden Markov model as that of `hidden_cause`, of a proportion: the log odds of a negative item drift about the habit
of the service, as widely as its own six-hour shares scatter. Old arm and new arm have the same hidden share, but for
the effect; so the old arm's items say where it is, and without an old arm it may have drifted by itself. Against a
share that is held for known, a service's moods would be taken for harm.

Guaranteed exactly under that model, at any stopping time, as in `hidden_cause`; the drift is an assumption.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from analytics.statistics import chains, onset
from analytics.statistics.chains import LEVELS
from analytics.statistics.feedback import EFFECTS, MARGIN, Habit
from analytics.statistics.likelihood import Vector, worsened

Flags = NDArray[np.bool_]
DRIFT_MINUTES = 360.0
"""After which a mood has fallen to 1/e: the hours over which the habit's scatter is measured."""
WIDEST = 1.5
"""Standard deviation of the log odds where nothing is known of the service."""
THETAS: Vector = np.concatenate([[1.0, 1.0 + MARGIN], EFFECTS])
HEALTHY, AT_MARGIN, BETS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Watch:
    log_hit: Vector
    log_miss: Vector
    """Of an item's being negative and of its not being so, [..., rows, levels]."""
    drift: Vector
    """From level to level in a minute [levels, levels]."""
    stakes: onset.Schedule


@dataclass(frozen=True, slots=True)
class State:
    belief: Vector
    """[..., rows, levels], each row summing to 1."""
    running: Vector
    """``ln R`` of `onset` [..., effects]."""
    at_margin: Vector
    """``ln L(1 + margin)`` over L(1) [...]."""
    minute: int


def watch(habit: Habit, stakes: onset.Schedule) -> Watch:
    by_chance = habit.share * (1.0 - habit.share)
    spread = np.minimum(1.0 / np.sqrt(np.maximum(habit.items, 1.0) * by_chance), WIDEST)
    usual = expit(logit(habit.share)[..., np.newaxis] + spread[..., np.newaxis] * LEVELS)
    shares = worsened(THETAS[:, np.newaxis], usual[..., np.newaxis, :])
    drift = chains.drift(chains.DRIFT_MINUTES / DRIFT_MINUTES).transition
    return Watch(np.log(shares), np.log1p(-shares), drift, stakes)


def begin(watch: Watch) -> State:
    shape = watch.log_hit.shape
    belief = np.broadcast_to(chains.drift(1.0).usual, shape)
    return State(belief, np.full((*shape[:-2], len(EFFECTS)), -np.inf), np.zeros(shape[:-2]), 0)


def step(watch: Watch, state: State, new: tuple[Vector, Vector], old: tuple[Vector, Vector], judged: Flags) -> State:
    """One minute more. ``new`` and ``old``: items, and how many of them are negative; ``judged``: or not; all [...]."""
    stake = watch.stakes.stake(state.minute)
    staked = _staked(state, stake)
    told = _told(watch.log_hit, watch.log_miss, *new) + _told(
        watch.log_hit[..., :1, :], watch.log_miss[..., :1, :], *old
    )
    highest = told.max(axis=-1, keepdims=True)
    weighed = (staked @ watch.drift) * np.exp(told - highest)
    likelihood = weighed.sum(axis=-1)
    gained = np.log(likelihood) + highest[..., 0]
    gained = np.where(judged[..., np.newaxis], gained - gained[..., :1], 0.0)
    return State(
        belief=weighed / likelihood[..., np.newaxis],
        running=onset.step(state.running, gained[..., BETS:], stake),
        at_margin=state.at_margin + gained[..., AT_MARGIN],
        minute=state.minute + 1,
    )


def _told(log_hit: Vector, log_miss: Vector, items: Vector, negative: Vector) -> Vector:
    hits, misses = negative[..., np.newaxis, np.newaxis], (items - negative)[..., np.newaxis, np.newaxis]
    told: Vector = hits * log_hit + misses * log_miss
    return told


def _staked(state: State, stake: Vector) -> Vector:
    """The beliefs with the minute's stake placed: each effect's then follows the healthy one for that part of it."""
    fresh = onset.fresh(state.running, stake)[..., np.newaxis]
    healthy, bets = state.belief[..., :BETS, :], state.belief[..., BETS:, :]
    return np.concatenate([healthy, bets + fresh * (healthy[..., :1, :] - bets)], axis=-2)
