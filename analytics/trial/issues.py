"""Issues that are new in the release, against those of healthy releases (decision-engine.md, 2A, P7).

A healthy new issue's rate is unknown; it is exponential with a mean of a third of ``nu0``, so that ``nu0`` is its 95 %
point; `e_process.log_issue_marginal` says how likely that makes what was seen. A bet is on a multiple of ``nu0`` from
some minute on (P3), and on health before it: nobody meets an issue that is not there yet.

Guarantee: at most a / .1 for a fixed rate of at most ``nu0``, and at most a averaged over the healthy law.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from analytics.statistics import e_process
from analytics.statistics.e_process import ISSUE_BY_LAW, ISSUE_RATE
from analytics.statistics.likelihood import Vector
from analytics.trial.bets import Bets

MULTIPLES: Vector = np.array([1.5, 2.5, 4.0, 6.5, 11.0, 20.0])
"""Of ``nu0``, betted on alike: so near to each other that a rate between two of them costs little."""


@dataclass(frozen=True, slots=True)
class Seen:
    users: Vector
    """Hit by each issue so far [..., issues]."""
    sessions: Vector
    """Of the new arm so far [..., 1]."""
    running: Vector
    """What was staked on each multiple [..., issues, effects]."""


def none_yet(shape: tuple[int, ...]) -> Seen:
    """``shape``: [..., issues]."""
    return Seen(np.zeros(shape), np.zeros((*shape[:-1], 1)), np.full((*shape, len(MULTIPLES)), -np.inf))


def step(bets: Bets, seen: Seen, users: Vector, sessions: Vector, minute: int) -> Seen:
    """One minute more: ``users`` [..., issues] newly hit in ``sessions`` [...]."""
    due = (ISSUE_RATE * sessions)[..., np.newaxis, np.newaxis]
    ratios = users[..., np.newaxis] * np.log(MULTIPLES) - (MULTIPLES - 1.0) * due
    staked = bets.onsets.stake(minute)[..., 0] + e_process.log_issue_marginal(seen.users, seen.sessions)
    return Seen(
        seen.users + users,
        seen.sessions + sessions[..., np.newaxis],
        np.logaddexp(seen.running, staked[..., np.newaxis]) + ratios,
    )


def worth(bets: Bets, seen: Seen, minute: int) -> Vector:
    """``ln`` of stake times e-value after ``minute`` of each issue, and of those not seen yet [..., issues + 1]."""
    marginal = e_process.log_issue_marginal(seen.users, seen.sessions)
    placed = np.logaddexp.reduce(bets.log_weights + seen.running, axis=-1)
    betted = np.logaddexp(placed, bets.onsets.unspent(minute) + marginal)
    evidence = betted - np.logaddexp(log(ISSUE_BY_LAW) + marginal, log(1.0 - ISSUE_BY_LAW))
    ranks = np.array([e_process.issue_weight(rank) for rank in range(1, evidence.shape[-1] + 1)])
    left = np.full((*evidence.shape[:-1], 1), log(1.0 - ranks.sum()))
    told: Vector = bets.log_share + np.concatenate([evidence + np.log(ranks), left], axis=-1)
    return told
