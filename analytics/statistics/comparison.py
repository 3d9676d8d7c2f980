"""Is an issue getting worse? The rate of users it hurts in a release against the baseline's.

The conditional test of the verdict (`likelihood.concurrent`), with its bets (`e_process`, P1), on two spans of the same
length: each release's first so many minutes. A user counts for the first time only, so that a release's rate falls
as it ages, and beside an old release a young one would always look worse. Over the many issues of a release the
e-values are cut by e-BH (Wang and Ramdas, 2022): of those that are called worse, at most 10 % are not, on average,
however often one looks and whatever they have to do with each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from analytics.statistics import e_process, likelihood
from analytics.statistics.likelihood import GRID, Vector

FALSE_SHARE = 0.10
ERROR = 0.05


@dataclass(frozen=True, slots=True)
class Arm:
    """``hurt`` of ``exposed`` sessions in a release's first minutes: users, or failures where none was named."""

    release: str
    hurt: int
    exposed: int


@dataclass(frozen=True, slots=True)
class Arms:
    """What one issue did in two releases, both of them exposed to something, each in its first ``minutes``."""

    new: Arm
    old: Arm
    minutes: int

    @property
    def share(self) -> float:
        """The new arm's share of the exposure."""
        return self.new.exposed / (self.new.exposed + self.old.exposed)


@dataclass(frozen=True, slots=True)
class Comparison:
    arms: Arms
    ratio: float
    """The rate of the new arm over that of the old one; at an edge of `GRID` (0.2, 20) it means "or beyond"."""
    low: float
    high: float
    """The always-valid 95 % interval of the ratio."""
    log_evidence: float
    """The natural logarithm of the e-value against "at most as bad, within the margin"."""


def compare(arms: Arms, margin: float) -> Comparison:
    """``margin``: by how much worse a release may be (`models.domain.policy.Policy`)."""
    on_grid = likelihood.concurrent(GRID, arms.new.hurt, arms.old.hurt, arms.share)
    low, high = likelihood.confidence_sequence(on_grid, ERROR)
    return Comparison(arms, likelihood.estimate(on_grid), low, high, float(log_evidence([arms], margin)[0]))


def worse(compared: Mapping[str, Arms], margin: float) -> dict[str, Comparison]:
    """The issues that are getting worse, by e-BH: the k of strongest evidence, if each has m / (k FALSE_SHARE)."""
    names, count = list(compared), len(compared)
    evidence = dict(zip(names, log_evidence(list(compared.values()), margin).tolist(), strict=True))
    ranked = sorted(names, key=lambda name: (-evidence[name], name))
    enough = [k for k, name in enumerate(ranked, 1) if evidence[name] >= log(count / (k * FALSE_SHARE))]
    return {name: compare(compared[name], margin) for name in ranked[: max(enough, default=0)]}


def log_evidence(compared: Sequence[Arms], margin: float) -> Vector:
    """Of each: the bets on the verdict's effects over what a healthy release looks like; an e-value at a ratio of 1."""
    counts = [(one.new.hurt, one.old.hurt, one.share) for one in compared]
    new, old, share = np.array(counts, dtype=float).reshape(-1, 3, 1).transpose(1, 0, 2)
    effects = np.append(e_process.EFFECTS * e_process.stretch(margin), 1.0 + margin)
    told = likelihood.concurrent(effects, new, old, share)
    bets: Vector = np.logaddexp.reduce(e_process.LOG_EFFECT_WEIGHTS + told[:, :-1], axis=-1)
    evidence: Vector = bets - e_process.log_healthy(told[:, -1]) + log(e_process.HEALTHY_SHARE)
    return evidence
