"""What a session risks, and when: base rates under slow noise and incidents, before any fault of the release."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from benchmarks.decisions.generator import week
from benchmarks.decisions.generator.episodes import Law, episodes
from benchmarks.decisions.generator.grid import Grid
from benchmarks.decisions.generator.laws import Range
from benchmarks.decisions.generator.noise import coupled, multiplier, slow_noise
from benchmarks.decisions.generator.services import Service
from benchmarks.decisions.streams import Flags, Shares

MOST = 0.95
"""No risk is larger, whatever comes together."""
SHARED = Law(a_day=(1 / 8, 1.0), minutes=35.0, spread=0.9, factor=(1.5, 8.0))
"""Incidents of what the service shares with its siblings."""
OWN = Law(a_day=(1 / 30, 1 / 4), minutes=25.0, spread=0.9, factor=(1.5, 5.0))
"""Incidents of the service alone, and of a sibling alone."""
ERRORS_WITH_HURT = 0.6
"""Correlation of the slow noise of handled errors with that of hurt users."""
MOOD_MEMORY = 360.0
"""Minutes in which the mood of feedback forgets."""
MOOD_IN_INCIDENTS = 0.5
"""The power of an incident's factor by which the odds of negative feedback rise."""


@dataclass(frozen=True, slots=True)
class Risks:
    """By step: users newly hurt and newly hit by an error a session, and the share of feedback that is negative."""

    hurt: Shares
    """[R, n, S]."""
    errors: Shares
    negative: Shares
    """[R, n]."""
    calm: Shares
    """[R, n] the factor of slow noise alone, which issues follow too."""
    sibling_hurt: Shares
    """[R, n]."""
    incident: Flags
    """[R, n] whether one is on that the siblings share."""

    def of(self, steps: slice) -> "Risks":
        return Risks(
            self.hurt[:, steps],
            self.errors[:, steps],
            self.negative[:, steps],
            self.calm[:, steps],
            self.sibling_hurt[:, steps],
            self.incident[:, steps],
        )


def risks(generator: np.random.Generator, service: Service, grid: Grid, certain: Range | None) -> Risks:
    """Over the whole axis. ``certain``: minutes between which each release meets a shared incident."""
    releases = len(service.moment)
    noise = slow_noise(generator, grid, service.memory)
    errors_noise = coupled(noise, slow_noise(generator, grid, service.memory), ERRORS_WITH_HURT)
    sibling_noise = coupled(noise, slow_noise(generator, grid, service.memory), service.coupling[:, None])
    mood = slow_noise(generator, grid, np.full(releases, MOOD_MEMORY))
    shared = episodes(generator, SHARED, releases, grid, certain)
    incident = shared * episodes(generator, OWN, releases, grid)
    sibling_incident = shared ** service.coupling[:, None] * episodes(generator, OWN, releases, grid)
    calm = multiplier(noise, service.hurt_noise)
    by_week = week.at(service.rate_week, service.moment, grid.middles)
    errors = service.errors[:, None] * multiplier(errors_noise, service.errors_noise)
    sibling_calm = by_week * multiplier(sibling_noise, service.sibling_noise)
    log_odds = logit(service.negative)[:, None] + service.negative_noise[:, None] * mood
    return Risks(
        hurt=np.minimum((by_week * calm * incident)[:, :, None] * service.hurt[:, None, :], MOST),
        errors=np.minimum(errors * incident ** service.in_errors[:, None], MOST),
        negative=np.minimum(expit(log_odds + MOOD_IN_INCIDENTS * np.log(incident)), MOST),
        calm=calm,
        sibling_hurt=np.minimum(service.sibling_hurt[:, None] * sibling_calm * sibling_incident, MOST),
        incident=shared > 1.0,
    )
