"""What a judge that knows every mean under health can bet on: which count, and which effects on it.

A `Bet` is one stream of counts (newly hurt users of all segments or of one, users with errors, one new issue, negative
feedback) and a few effects on it, each with its stake and with what it would tell over the whole watch
(decision-engine.md, 2.3, and 2A, P2 and P7, whose stakes these are).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi

import numpy as np
from scipy.special import logit

from benchmarks.decisions.judges.known_rates import LEAST_MEAN, added, multiplied, worse_share, worsened
from benchmarks.decisions.streams import BIN_MINUTES, Counts, Past, Plan, Shares, Stream, Truth

EFFECTS = np.array([1.2, 1.5, 2.0, 3.0, 5.0, 10.0])
EFFECT_STAKES = np.array([0.12, 0.20, 0.28, 0.20, 0.12, 0.08])
ISSUE_RATES = 4e-4 * np.array([1.5, 3.0, 8.0, 20.0])
"""Users a session whom a fault adds to an issue: multiples of nu0, with equal stakes (P7)."""
SHARE_EFFECTS = np.array([1.5, 2.0, 2.5, 3.0])
"""On the share of feedback that is negative, with equal stakes (P7)."""

CRASH, ERRORS, ISSUE, FEEDBACK = 0.50, 0.16, 0.18, 0.16
"""Stakes on the signals; that on an issue falls as 6/(pi^2 i^2) with its rank i among the new ones.

The ranks are by first sight, which only comes during the watch; that favours the first a little."""
ALL_SEGMENTS = 0.70
"""Of the stake on crashes; the segments share the rest."""


@dataclass(frozen=True, slots=True)
class Bet:
    signal: str
    place: int
    """The segment, -1 for all; of an issue its number."""
    stakes: Shares
    """[G] on the effects; over all bets they sum to 1."""
    typical: int
    """Which effect is the one to expect at a late onset: the three-fold."""
    ratios: Shares
    """[R, T, G] the log-likelihood ratio that each minute adds."""
    information: Shares
    """[R, G] the mean of their sum under the effect, from the first minute on, in nats."""
    variance: Shares
    """[R, G] of the same."""


def all_bets(past: Past, plan: Plan, stream: Stream, truth: Truth) -> Iterator[Bet]:
    new, due = stream.new, truth.new
    segments = new.hurt.shape[2]
    whole = ALL_SEGMENTS if segments > 1 else 1.0
    yield on_count("crash", -1, CRASH * whole, new.hurt.sum(axis=2), due.hurt.sum(axis=2))
    for segment in range(segments if segments > 1 else 0):
        stake = CRASH * (1 - whole) / segments
        yield on_count("crash", segment, stake, new.hurt[:, :, segment], due.hurt[:, :, segment])
    yield on_count("errors", -1, ERRORS, new.errors, due.errors)
    ranks = 6 / (pi * np.arange(1, stream.issues.shape[2] + 1)) ** 2
    for issue, rank in enumerate(ranks / ranks.sum()):
        yield on_issue(issue, ISSUE * rank, past, plan, stream, truth)
    yield on_feedback(past, plan, stream, truth)


def on_count(signal: str, place: int, stake: float, seen: Counts, due: Shares) -> Bet:
    """KL: theta ln theta - (theta - 1) nats a unit due; variance: theta ln^2 theta."""
    total, logs = due.sum(axis=1)[:, None], np.log(EFFECTS)
    return Bet(
        signal,
        place,
        stake * EFFECT_STAKES,
        typical=3,
        ratios=multiplied(seen[:, :, None], due[:, :, None], EFFECTS),
        information=total * (EFFECTS * logs - (EFFECTS - 1)),
        variance=total * EFFECTS * logs**2,
    )


def on_issue(issue: int, stake: float, past: Past, plan: Plan, stream: Stream, truth: Truth) -> Bet:
    seen, due = stream.issues[:, :, issue, None], truth.issues[:, :, issue, None]
    fault = stream.new.started.sum(axis=2)[:, :, None] * ISSUE_RATES
    expected = hoped_for(past.started.sum(axis=2), plan)[:, :, None] * ISSUE_RATES
    logs = np.log1p(expected / np.maximum(due, LEAST_MEAN))
    return Bet(
        "issue",
        issue,
        np.full(len(ISSUE_RATES), stake / len(ISSUE_RATES)),
        typical=1,
        ratios=added(seen, due, fault),
        information=((due + expected) * logs - expected).sum(axis=1),
        variance=((due + expected) * logs**2).sum(axis=1),
    )


def on_feedback(past: Past, plan: Plan, stream: Stream, truth: Truth) -> Bet:
    """Information and variance are those of a binomial count."""
    share = truth.new.negative[:, :, None]
    worse = worse_share(share, SHARE_EFFECTS)
    answers = hoped_for(past.feedback, plan)[:, :, None]
    logs, other = np.log(worse / share), np.log((1 - worse) / (1 - share))
    return Bet(
        "feedback",
        -1,
        np.full(len(SHARE_EFFECTS), FEEDBACK / len(SHARE_EFFECTS)),
        typical=3,
        ratios=worsened(stream.new.negative[:, :, None], stream.new.feedback[:, :, None], share, SHARE_EFFECTS),
        information=(answers * (worse * logs + (1 - worse) * other)).sum(axis=1),
        variance=(answers * worse * (1 - worse) * (logit(worse) - logit(share)) ** 2).sum(axis=1),
    )


def hoped_for(bins: Counts, plan: Plan) -> Shares:
    """[R, T] the new arm's part of what the service had a minute in the 14 days before; ``bins``: [R, D]."""
    usual: Shares = bins.mean(axis=1)[:, None] / BIN_MINUTES * plan.share
    return usual
