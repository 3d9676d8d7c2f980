"""Evidence against a release where drift and incidents are hidden causes (decision-engine.md, 2A, P5 and P4).

One e-process over effects and onsets (P3), each bet with a filter of its own: ``A_g <- ((A_g + w_t a_1) P) o em_g /
l_1(t)``, where ``a_1`` is the filter at theta = 1 and ``l_1`` its predictive likelihood. ``A_g`` is kept as a belief
that sums to 1 and the logarithm of its mass, which is the ``R_g`` of `onset`; so nothing overflows.

What is guaranteed. Exactly, under the model of `causes` with the parameters it was given, where the control is trusted
wholly (``kappa`` = 1) or says nothing, and at any stopping time:

- at theta = 1 the numerator over L(1) is a martingale, so ``P(ever log E >= threshold(a)) <= a``;
- at a constant theta of 1 + margin, likewise over L(1 + margin): ``<= a p / (1 - p)``;
- minutes that are left out because of the watch leave both as they were: whether one is, is known before it.

Between 1 and the margin, and where theta changes below it, nothing is proved: likelihoods with hidden causes are not
known to be monotone in theta. A control that is trusted in part is an approximation (`filtering`). And the model itself
is an assumption: a seasonal rate that is known, drift that forgets in two hours, incidents of some sizes, units that
come one by one. A level that moved for good since it was learned is taken for harm. `temper` measures on a service's
own history what these assumptions cost.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.statistics import e_process, filtering, onset
from analytics.statistics.causes import Causes, Counts
from analytics.statistics.filtering import Beliefs
from analytics.statistics.likelihood import Vector

FROZEN_FROM = 0.5
"""How likely an incident is by the control alone, from which a release is not judged."""
HEALTHY, AT_MARGIN, BETS = 0, 1, 2
"""Rows of the belief: theta = 1, the margin, and from there on each effect."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is fixed before the first minute."""

    causes: Causes
    effects: Vector
    """[effects], each above what the margin allows."""
    margin: float
    stakes: onset.Schedule

    @property
    def thetas(self) -> Vector:
        return np.concatenate([[1.0, 1.0 + self.margin], self.effects])


@dataclass(frozen=True, slots=True)
class State:
    """After ``minute`` minutes."""

    beliefs: Beliefs
    """Its rows are `HEALTHY`, `AT_MARGIN`, and from `BETS` on one for each effect."""
    onsets: onset.Onsets
    """[..., effects]."""
    at_margin: Vector
    """``ln L(1 + margin)``, relative to L(1), [...]."""
    minute: int


def begin(watch: Watch, earlier: Causes | None = None, before: Counts | None = None) -> State:
    """The state at the deploy. ``before`` [..., steps] are the last hours before it, which tell of a running incident.

    ``earlier`` is the same model for the length of those steps. Before a canary the control is all there is.
    """
    beliefs = filtering.at_rest(watch.causes)
    if earlier is not None and before is not None:
        beliefs = filtering.follow(earlier, beliefs, before)
    rows = np.repeat(beliefs.service, len(watch.thetas), axis=-2)
    of_model = watch.causes.own.times.shape[:-2]
    leading = np.broadcast_shapes(rows.shape[:-3], of_model, watch.stakes.log_stakes.shape[:-1])
    return State(
        beliefs=Beliefs(np.broadcast_to(rows, (*leading, *rows.shape[-3:])), beliefs.control),
        onsets=onset.none_yet((*leading, len(watch.effects))),
        at_margin=np.zeros(leading),
        minute=0,
    )


def step(watch: Watch, state: State, counts: Counts) -> State:
    """One minute more. While the control alone looks like an incident, filters follow it and nothing is betted."""
    judged = ~frozen(watch, state)
    stake = watch.stakes.stake(state.minute)
    beliefs, likelihood = filtering.step(watch.causes, _staked(state, stake), counts, watch.thetas)
    gained = np.where(judged[..., np.newaxis], likelihood - likelihood[..., :1], 0.0)
    return State(
        beliefs=beliefs,
        onsets=onset.follow(state.onsets, gained[..., BETS:], stake, state.minute),
        at_margin=state.at_margin + gained[..., AT_MARGIN],
        minute=state.minute + 1,
    )


def frozen(watch: Watch, state: State) -> NDArray[np.bool_]:
    """Whether the next minute is left out, and a rollback must wait, [...]."""
    return incident(watch, state) > FROZEN_FROM


def incident(watch: Watch, state: State) -> Vector:
    """How likely there is an incident that siblings, or the old arm, have too, by their counts alone, [...]."""
    return filtering.chance_of(watch.causes.shown, state.beliefs.control)[..., 0]


def log_evidence(watch: Watch, state: State, log_weights: Vector = e_process.LOG_EFFECT_WEIGHTS) -> Vector:
    """``log E`` after at least one minute, [...]; ``log_weights`` [..., effects] of stakes that sum to 1."""
    unspent = watch.stakes.unspent(state.minute - 1)
    return e_process.log_evidence(state.onsets.running, state.at_margin, unspent, log_weights)


def course(watch: Watch, state: State, counts: Counts) -> Vector:
    """``log E`` after each of the steps that ``counts`` has, [..., steps]."""
    course = []
    for number in range(counts.own.shape[-1]):
        state = step(watch, state, counts.at(number))
        course.append(log_evidence(watch, state))
    return np.stack(course, axis=-1)


def _staked(state: State, stake: Vector) -> Beliefs:
    """The beliefs with the minute's stake placed: each effect's then follows the healthy one for that part of it."""
    fresh = onset.fresh(state.onsets.running, stake)[..., np.newaxis, :, np.newaxis]
    staked = state.beliefs.service.copy()
    bets = staked[..., BETS:, :]
    bets += fresh * (staked[..., :1, :] - bets)
    return Beliefs(staked, state.beliefs.control)
