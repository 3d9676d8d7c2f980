"""One release's minutes: what happens in its sessions, and what is told of it."""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.generator.outcomes import Outcomes, further_crashes, outcomes
from benchmarks.decisions.generator.risks import Risks
from benchmarks.decisions.generator.services import Service
from benchmarks.decisions.generator.telemetry import delayed, thinned, thinned_mean
from benchmarks.decisions.streams import Arm, Counts, Flags, Shares

LOOP_MINUTES = 4.0
"""Until a user who crashed has crashed again, in the mean."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The sessions of one release during the watch, crash loops not counted."""

    sessions: Counts
    """[R, T, S]."""
    before: Shares
    """[R, S] mean sessions a minute just before the watch; zeros of a release that is new."""
    serves: Flags
    """[T] whether it has traffic by plan; nothing is told of it otherwise."""
    crash_delay: float
    """Minutes until a crash is booked, in the mean."""

    def hurt_due(self, risks: Risks) -> Shares:
        """[R, T, S] mean of the users that are booked as newly hurt, given the sessions."""
        waiting = self.before * risks.hurt[:, 0] * self.crash_delay
        due = delayed(self.sessions * risks.hurt, thinned_mean(self.crash_delay), waiting)
        return due * self.serves[:, None]


@dataclass(frozen=True, slots=True)
class Happened:
    outcomes: Outcomes
    hurt: Counts
    """[R, T, S] users newly hurt, in the minute in which that is booked."""
    loops: Counts
    """[R, T, S] their further crashed sessions."""
    started: Counts
    """[R, T, S] sessions, loops among them."""


def happened(generator: np.random.Generator, service: Service, serving: Serving, risks: Risks) -> Happened:
    result = outcomes(generator, serving.sessions, risks, service.feedback)
    waiting = generator.poisson(serving.before * risks.hurt[:, 0] * serving.crash_delay)
    hurt = delayed(result.hurt, thinned(generator, serving.crash_delay), waiting) * serving.serves[:, None]
    further = further_crashes(generator, hurt, service.crashes)
    loops = delayed(further, thinned(generator, LOOP_MINUTES), np.zeros_like(waiting)) * serving.serves[:, None]
    return Happened(result, hurt, loops, serving.sessions + loops)


def told(generator: np.random.Generator, what: Happened, serving: Serving, kept: Shares, ends: Shares) -> Arm:
    """Of the sessions, ``kept`` [R, T] are told of; their ends are known ``ends`` [R] minutes later in the mean."""
    started = generator.binomial(what.started, kept[:, :, None])
    waiting = generator.poisson(serving.before.sum(axis=1) * ends)
    return Arm(
        started=started,
        ended=delayed(started.sum(axis=2), thinned(generator, ends), waiting) * serving.serves,
        crashed=(what.hurt + what.loops).sum(axis=2),
        hurt=what.hurt,
        errors=what.outcomes.errors,
        feedback=what.outcomes.feedback,
        negative=what.outcomes.negative,
    )
