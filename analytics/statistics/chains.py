"""How drift and incidents come and go: two Markov chains in continuous time, seen every so many minutes."""

from dataclasses import dataclass

import numpy as np

from analytics.statistics.likelihood import Vector

LEVELS: Vector = np.linspace(-3.0, 3.0, 13)
"""Of drift, in its standard deviations."""
BALLS = 16
"""Ehrenfest's urn with 16 balls is the Ornstein-Uhlenbeck process in steps of 2/sqrt(16) = .5, with its very variance
and autocorrelation; `LEVELS` are the middle 13 of its 17 states, where it is all but .05 % of the time."""
DRIFT_MINUTES = 120.0
"""After which a deviation has fallen to 1/e."""
MINUTES_A_DAY = 1440.0

LEAST_CHANCE = 1e-15
"""Of any transition: so that no count, however extreme, is impossible in every state."""


@dataclass(frozen=True, slots=True)
class Chain:
    transition: Vector
    """From state to state, [..., n, n]; rows sum to 1."""
    usual: Vector
    """Its stationary law, [..., n]."""


def drift(minutes: float) -> Chain:
    """An Ornstein-Uhlenbeck process of unit variance on `LEVELS`.

    A ball changes sides once in ``2 DRIFT_MINUTES``; from the edge levels it only goes back.
    """
    balls = BALLS / 2 + 2.0 * LEVELS
    up, down = (BALLS - balls[:-1]) / (2.0 * DRIFT_MINUTES), balls[1:] / (2.0 * DRIFT_MINUTES)
    ratios = np.concatenate([[1.0], np.cumprod(up / down)])
    return _seen_every(np.diag(up, 1) + np.diag(down, -1), ratios / ratios.sum(), minutes)


def incidents(days: Vector, lasting: Vector, minutes: float) -> Chain:
    """State 0 is calm. Kind i comes once in ``days``, if all is calm, and is over after ``lasting`` minutes [..., n].

    Both on average; one incident at a time.
    """
    days, lasting = np.broadcast_arrays(days, lasting)
    rates = np.zeros((*days.shape[:-1], days.shape[-1] + 1, days.shape[-1] + 1))
    rates[..., 0, 1:] = 1.0 / (days * MINUTES_A_DAY)
    rates[..., 1:, 0] = 1.0 / lasting
    ratios = np.concatenate([np.ones((*days.shape[:-1], 1)), lasting / (days * MINUTES_A_DAY)], axis=-1)
    return _seen_every(rates, ratios / ratios.sum(axis=-1, keepdims=True), minutes)


def _seen_every(rates: Vector, usual: Vector, minutes: float) -> Chain:
    """``exp(minutes Q)`` of a chain in detailed balance, by the eigenvectors of the symmetric ``D^1/2 Q D^-1/2``."""
    generator = rates - rates.sum(axis=-1)[..., np.newaxis] * np.eye(rates.shape[-1])
    root = np.sqrt(usual)
    to, back = root[..., :, np.newaxis], root[..., np.newaxis, :]
    values, vectors = np.linalg.eigh(generator * to / back)
    symmetric = (vectors * np.exp(minutes * values)[..., np.newaxis, :]) @ np.swapaxes(vectors, -1, -2)
    transition = np.maximum(symmetric / to * back, LEAST_CHANCE)
    return Chain(transition / transition.sum(axis=-1, keepdims=True), usual)
