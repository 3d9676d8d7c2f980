"""What moves a rate besides the release: slow drift and incidents (decision-engine.md, 2A, P5).

A hidden Markov model, one step after another. Its state is a level of drift and a kind of incident; the two move
independently, so that a transition is two small products. Own units are ``x ~ Poisson(m C_own theta G)`` and those of
the control (sibling services, or the old arm) ``y ~ Poisson(m_control C_control G)``. ``G`` is what a level leaves
open, gamma with mean 1: drift moves within a level, and without it some effect that happens to fit what lies between
two levels wins where units come by the hundred a minute. At few units it is nothing.

Shapes: leading axes [...], if any, for services or releases; then kinds [13], rows (hypotheses about theta that are
followed side by side), and levels [13]. That services drift and break so is an assumption; what is exact under it is
said in `hidden_cause`.
"""

from dataclasses import dataclass, replace
from math import pi

import numpy as np
from numpy.typing import NDArray

from analytics.statistics import chains
from analytics.statistics.chains import LEVELS
from analytics.statistics.likelihood import Numbers, Vector

SHARED_SIZES: Vector = np.array([1.5, 1.9, 2.5, 3.3, 4.5, 6.5, 10.0])
OWN_SIZES: Vector = np.array([1.5, 2.0, 2.65, 3.5, 4.6])
"""What an incident multiplies the rate by: one of siblings and service, and one of the service alone.

Each is 1.3 times the last or so. With an own one of 2 and of 3.5 only (P5), what lies between is best explained by a
small effect on an incident of 2: of 3,500 simulated healthy releases with 1,000 units an hour, 29 in whose watch there
was an incident reached a log E of ln 100, and with these 16."""
SIZES: Vector = np.concatenate([[1.0], SHARED_SIZES, OWN_SIZES])
KINDS = len(SIZES)
SHARED, OWN = slice(1, 1 + len(SHARED_SIZES)), slice(1 + len(SHARED_SIZES), KINDS)
"""Kinds of incident on their axis, of which the first is none."""

GRAIN = 2.0 * (LEVELS[1] - LEVELS[0]) ** 4 * chains.DRIFT_MINUTES / (6.0 * pi**2)
"""The variance of ``G`` in squares of drift's spread: h^2/12 within a level of width h, which is left after
h^2 tau/pi^2 = 3 minutes (diffusion between two walls) and so weighs 2 h^2 tau/pi^2 = 6 times that of a minute on its
own: .127. Doubled: so 14 of 100 simulated healthy releases with 1,700 units a minute had a log E above 2 some time,
and at .253 one had."""
LEAST_GRAIN = 1e-8


@dataclass(frozen=True, slots=True)
class Incidents:
    """How often incidents come, in ``days`` between two, and how many ``minutes`` they last, on average. Both [...]."""

    days: Vector
    minutes: Vector


SHARED_INCIDENTS = Incidents(np.array(2.0), np.array(40.0))
OWN_INCIDENTS = Incidents(np.array(10.0), np.array(25.0))
"""Before anything is learned of a service. Sizes are equally likely."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """How the siblings' rate moves. All [...]."""

    spread: Vector
    """Standard deviation of its logarithm's drift."""
    coupling: Vector
    """``beta``, 0..1: by how much it moves on average where the service's own moves by 1."""
    trust: Vector
    """``kappa``, 0..1: how much of its log-likelihood tells of the service's drift; the rest is noise of theirs."""


NO_SIBLINGS = Siblings(np.array(0.0), np.array(0.0), np.array(0.0))


@dataclass(frozen=True, slots=True)
class Rate:
    times: Vector
    """``C`` [..., kinds, levels]: what the mean is multiplied by in each state; without an incident 1 on average."""
    grain: Vector
    """The variance of ``G`` [...], above 0."""


@dataclass(frozen=True, slots=True)
class Causes:
    """The model of a service, for steps of one length."""

    own: Rate
    control: Rate
    """Where its drift is the service's own, as far as they share it."""
    control_alone: Rate
    """Where its drift is its own; levels are those of another process."""
    trust: Vector
    """``kappa`` [...]; 1 where the control has no noise of its own, and only then is all this one model."""
    drift: Vector
    """From level to level, [levels, levels]; rows sum to 1."""
    kinds: Vector
    """From kind to kind, [..., kinds, kinds]; rows sum to 1."""
    usual: Vector
    """How likely each state is before anything is seen, [..., kinds, levels]; sums to 1."""
    shown: Vector
    """1 for each kind [kinds] of incident that the control shows, else 0."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Units of one step [...], or of one step after another [..., steps].

    Those due are the means at theta = 1, without drift and incident. None is below 0.
    """

    own: Numbers
    own_due: Vector
    control: Numbers
    control_due: Vector

    def at(self, steps: int | NDArray[np.int64]) -> "Counts":
        """One of the steps [...], or some of them [..., *]."""
        own, control = self.own[..., steps], self.control[..., steps]
        return Counts(own, self.own_due[..., steps], control, self.control_due[..., steps])


# The two models -----------------------------------------------------------------------------------------------------


def beside_siblings(
    spread: float | Vector,
    siblings: Siblings = NO_SIBLINGS,
    incidents: Incidents = OWN_INCIDENTS,
    minutes: float = 1.0,
) -> Causes:
    """Of a full replace, whose control is its sibling services: they have no part in the service's own incidents.

    ``spread``: the standard deviation of the log rate's drift. ``minutes``: the length of a step.
    """
    shown = np.zeros(KINDS)
    shown[SHARED] = 1.0
    levels, kinds = chains.drift(minutes), _kinds(incidents, minutes)
    return Causes(
        own=_rate(spread, SIZES),
        control=_rate(np.multiply(spread, siblings.coupling), np.where(shown > 0.0, SIZES, 1.0)),
        control_alone=_rate(siblings.spread, np.where(shown > 0.0, SIZES, 1.0)),
        trust=siblings.trust,
        drift=levels.transition,
        kinds=kinds.transition,
        usual=kinds.usual[..., :, np.newaxis] * levels.usual,
        shown=shown,
    )


def beside_old_arm(spread: float | Vector, incidents: Incidents = OWN_INCIDENTS, minutes: float = 1.0) -> Causes:
    """Of a canary, whose control is the old arm: drift and incidents of every kind are those of both arms (P4)."""
    alike = Siblings(np.asarray(spread, dtype=float), np.array(1.0), np.array(1.0))
    shown = np.ones(KINDS)
    shown[0] = 0.0
    both = _rate(spread, SIZES)
    beside = beside_siblings(spread, alike, incidents, minutes)
    return replace(beside, control=both, control_alone=both, shown=shown)


def _rate(spread: float | Vector, sizes: Vector) -> Rate:
    """Log-normal drift with mean 1, since that is what a mean rate was fitted to."""
    width = np.asarray(spread, dtype=float)
    drifting = np.exp(width[..., np.newaxis, np.newaxis] * LEVELS)
    drifting /= (drifting @ chains.drift(1.0).usual)[..., np.newaxis]
    return Rate(sizes[:, np.newaxis] * drifting, np.maximum(GRAIN * width**2, LEAST_GRAIN))


def _kinds(own: Incidents, minutes: float) -> chains.Chain:
    days = _of_each(SHARED_INCIDENTS.days * len(SHARED_SIZES), own.days * len(OWN_SIZES))
    return chains.incidents(days, _of_each(SHARED_INCIDENTS.minutes, own.minutes), minutes)


def _of_each(shared: Vector, own: Vector) -> Vector:
    """[..., kinds without none]."""
    return np.where(np.arange(1, KINDS) < OWN.start, shared, np.asarray(own)[..., np.newaxis])
