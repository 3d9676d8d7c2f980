"""Votes of anomalous fault signals for and against the deploy, in the manner of Microsoft's Gandalf.

Li et al., "Gandalf: An Intelligent, End-To-End Analytics Service for Safe Deployment in Large-Scale Cloud
Infrastructure" (NSDI 2020): each fault signal has its anomalies (Holt-Winters, 4 sigma); each anomaly votes for the
deploys shortly before it, the more the younger they are, and is vetoed where the same fault shows without a deploy; a
classifier of the impact's scope then says go or stop. Its weights, and the labels of a fleet that it learned from, are
not public: the numbers here are ours, and so is whatever it does well or badly beyond the idea.

The signals are newly hurt users, users with a handled error, negative feedback and each new issue, in ten-minute bins.
What is due is smoothed over the 14 days before, with a season of a day (`seasonal`). Where nothing was deployed is the
old release, which a replace does not have, and the siblings, of which only newly hurt users are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.seasonal import SIGMAS, smooth
from benchmarks.decisions.judges.timing import first_at, known_since, sums
from benchmarks.decisions.streams import BIN_MINUTES, Arm, Counts, Flags, Past, Plan, Stream

VOTES = 3.0
"""What stops: as much as three anomalies in the first minutes."""
AGE_BINS = 72.0
"""A vote counts e times less each 12 hours after the deploy."""
AFFECTED = 5
"""Fewer users in all anomalies for which votes were cast are no impact."""
USUAL_OF_AN_ISSUE = 4e-4
"""Users a session that a healthy release's new issue hits, at most: what velocity alerts learn of a project."""


@dataclass(frozen=True, slots=True)
class Signal:
    """[R, bins] each."""

    seen: Counts
    anomalous: Flags
    elsewhere: Flags
    """Whether the same fault shows where nothing was deployed."""


@dataclass(frozen=True, slots=True)
class Voting:
    name: str = "Gandalf-like"
    source: str = "Li et al., Gandalf (NSDI 2020); its weights are ours"

    def watch(self, past: Past, _plan: Plan, stream: Stream) -> Verdicts:
        """Its evidence is the balance of votes, once enough users are affected."""
        minutes = stream.new.crashed.shape[1]
        shape = len(past.crashed), minutes // BIN_MINUTES
        votes, affected = np.zeros(shape), np.zeros(shape)
        for signal in signals(past, stream):
            votes += signal.anomalous.astype(float) - signal.elsewhere
            affected += signal.seen * (signal.anomalous & ~signal.elsewhere)
        weight = np.exp(-np.arange(shape[1]) / AGE_BINS)
        balance = np.where(affected.cumsum(axis=1) >= AFFECTED, (weight * votes).cumsum(axis=1), 0.0)
        evidence = known_since(balance, BIN_MINUTES, minutes, before=0.0)
        return Verdicts(first_at(evidence, VOTES), evidence)


def signals(past: Past, stream: Stream) -> Iterator[Signal]:
    siblings = smooth(past.sibling_hurt, past.sibling_started)
    fleet = siblings.anomalous(_bins(stream.sibling_hurt), _bins(stream.sibling_started))
    for counted in (_hurt, _errors, _negative):
        usual = smooth(*counted(past))
        seen, exposure = map(_bins, counted(stream.new))
        beside = usual.anomalous(*map(_bins, counted(stream.old)))
        yield Signal(seen, usual.anomalous(seen, exposure), beside | fleet if counted is _hurt else beside)
    due = USUAL_OF_AN_ISSUE * _bins(stream.new.started.sum(axis=2))
    for issue in range(stream.issues.shape[2]):
        seen = _bins(stream.issues[:, :, issue])
        most = due + SIGMAS * np.sqrt(np.maximum(due, 1.0))
        yield Signal(seen, seen > most, np.zeros(seen.shape, dtype=bool))


def _hurt(of: Past | Arm) -> tuple[Counts, Counts]:
    return of.hurt.sum(axis=2), of.started.sum(axis=2)


def _errors(of: Past | Arm) -> tuple[Counts, Counts]:
    return of.errors, of.started.sum(axis=2)


def _negative(of: Past | Arm) -> tuple[Counts, Counts]:
    return of.negative, of.feedback


def _bins(counts: Counts) -> Counts:
    return sums(counts, BIN_MINUTES)
