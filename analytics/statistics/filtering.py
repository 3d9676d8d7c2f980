"""The forward filter of `causes`: what is believed of the hidden state after each step, and how likely its counts were.

The control is followed twice. By itself, with a drift of its own: that tells at once of an incident, however noisy the
control is. And beside the service's own count, whose drift it shares in part. Where it has noise of its own, only the
part ``kappa`` of its log-likelihood comes from there, and the rest from what it says by itself of each kind: else
either its noise would be taken for the service's drift, or an incident of all be seen too late.

Exact for the model if ``kappa`` is 1, but for transitions rarer than `chains.LEAST_CHANCE`; else an approximation, for
what the service's own counts tell of past incidents is not told to who follows the control.
"""

from dataclasses import dataclass

import numpy as np

from analytics.statistics.causes import Causes, Counts, Rate
from analytics.statistics.likelihood import Numbers, Vector

NO_EFFECT: Vector = np.ones(1)
"""A single row, at theta = 1."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Each sums to 1 over kinds and levels."""

    service: Vector
    """[..., kinds, rows, levels]; a row is a hypothesis about theta."""
    control: Vector
    """By the control's counts alone, [..., kinds, 1, levels]."""


def at_rest(causes: Causes) -> Beliefs:
    """The beliefs before anything was seen, with a single row."""
    usual = causes.usual[..., np.newaxis, :]
    return Beliefs(usual, usual)


def step(causes: Causes, beliefs: Beliefs, counts: Counts, theta: Vector) -> tuple[Beliefs, Vector]:
    """The beliefs after one step more, and the predictive log-likelihood of its counts [..., rows].

    ``theta`` [rows]. The likelihood is relative to a law of the counts that is the same for all rows.
    """
    control, by_kind = _control_alone(causes, beliefs.control, counts)
    trust = _beside_states(causes.trust)
    by_state = trust * _told(causes.control, counts.control, counts.control_due) + (1.0 - trust) * by_kind
    told = _told_of_rows(causes.own, counts, by_state, theta)
    predicted = predict(causes, beliefs.service)
    highest = told.max(axis=-3).max(axis=-1)
    told -= highest[..., np.newaxis, :, np.newaxis]
    weighed = np.multiply(np.exp(told, out=told), predicted)
    likelihood = weighed.sum(axis=-3).sum(axis=-1)
    weighed /= likelihood[..., np.newaxis, :, np.newaxis]
    seen = np.asarray(counts.own)[..., np.newaxis]
    return Beliefs(weighed, control), highest + np.log(likelihood) + seen * np.log(theta)


def follow(causes: Causes, beliefs: Beliefs, counts: Counts) -> Beliefs:
    """The beliefs of one row after all steps of ``counts`` [..., steps], without an effect."""
    for number in range(counts.own.shape[-1]):
        beliefs, _ = step(causes, beliefs, counts.at(number), NO_EFFECT)
    return beliefs


def predict(causes: Causes, belief: Vector) -> Vector:
    """The belief about the next step before its counts: kinds change, then levels."""
    flat = belief.reshape(*belief.shape[:-2], -1)
    changed = np.matmul(np.swapaxes(causes.kinds, -1, -2), flat)
    drifted: Vector = changed.reshape(-1, belief.shape[-1]) @ causes.drift
    return drifted.reshape(*changed.shape[:-1], *belief.shape[-2:])


def chance_of(kinds: Vector, belief: Vector) -> Vector:
    """How likely the incident is one of ``kinds`` (1 for each of them, else 0) [..., rows]."""
    chances: Vector = np.moveaxis(belief.sum(axis=-1), -2, -1) @ kinds
    return chances


def _control_alone(causes: Causes, belief: Vector, counts: Counts) -> tuple[Vector, Vector]:
    """The belief of who sees the control only, and how likely its count was in each kind [..., kinds, 1]."""
    predicted = predict(causes, belief)[..., 0, :]
    told = _told(causes.control_alone, counts.control, counts.control_due)
    highest = told.max(axis=-1, keepdims=True)
    weighed = predicted * np.exp(told - highest)
    likelihood = highest + np.log(weighed.sum(axis=-1, keepdims=True) / predicted.sum(axis=-1, keepdims=True))
    weighed = weighed * np.exp(highest - highest.max(axis=-2, keepdims=True))
    weighed /= weighed.sum(axis=(-2, -1), keepdims=True)
    return weighed[..., np.newaxis, :], likelihood


def _told_of_rows(own: Rate, counts: Counts, by_state: Vector, theta: Vector) -> Vector:
    """`_told` of the service's count for each theta, beside what is told ``by_state`` [..., kinds, rows, levels].

    In place where it can be, for it is most of the work: but for theta in front, which all states of a row share.
    """
    seen, due = (_beside_states(each) for each in np.broadcast_arrays(counts.own, counts.own_due))
    shape = 1.0 / _beside_states(own.grain)
    of_all = by_state + seen * np.log(own.times)
    told = (due / shape * own.times)[..., np.newaxis, :] * theta[:, np.newaxis]
    told += 1.0
    np.log(told, out=told)
    told *= -(seen + shape)[..., np.newaxis]
    return np.add(told, of_all[..., np.newaxis, :])


def _told(rate: Rate, seen: Numbers, due: Vector) -> Vector:
    """The log-likelihood of a count in each state [..., kinds, levels], but for what all states have in common.

    Poisson with a gamma-distributed mean, a negative binomial law of ``shape`` 1/grain.
    """
    count, shape = _beside_states(seen), 1.0 / _beside_states(rate.grain)
    mean = _beside_states(due) * rate.times
    told: Vector = count * np.log(rate.times) - (count + shape) * np.log1p(mean / shape)
    return told


def _beside_states(value: Numbers) -> Vector:
    """[...] as [..., 1, 1]."""
    return np.asarray(value, dtype=float)[..., np.newaxis, np.newaxis]
