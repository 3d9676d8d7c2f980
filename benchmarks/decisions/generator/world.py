"""All that goes on whatever is released: services, their traffic and risks, their siblings, the limits on telemetry."""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.generator.cell import Cell
from benchmarks.decisions.generator.grid import PAST, Grid
from benchmarks.decisions.generator.outcomes import further_crashes, outcomes
from benchmarks.decisions.generator.risks import Risks, risks
from benchmarks.decisions.generator.services import Service, services
from benchmarks.decisions.generator.telemetry import quotas, within
from benchmarks.decisions.generator.traffic import arrivals, traffic
from benchmarks.decisions.generator.week import WEEK_MINUTES
from benchmarks.decisions.streams import DAY_MINUTES, Counts, Past, Shares


@dataclass(frozen=True, slots=True)
class World:
    grid: Grid
    service: Service
    sessions: Shares
    """[R, N] mean sessions a minute of the whole service."""
    risks: Risks
    """[R, N, ...] without any release's fault."""
    sibling_started: Counts
    sibling_hurt: Counts
    """[R, N]."""
    quota: Shares
    """[R] sessions a minute of which telemetry is taken."""


def world(generator: np.random.Generator, cell: Cell, releases: int) -> World:
    grid = Grid(len(cell.plan.share))
    service = services(generator, cell.kind, releases)
    sessions = traffic(generator, service, grid)
    risked = risks(generator, service, grid, cell.incident)
    due = sessions * grid.lengths * service.siblings[:, None]
    sibling_started = arrivals(generator, due, service.burst, grid.lengths)
    return World(
        grid=grid,
        service=service,
        sessions=sessions,
        risks=risked,
        sibling_started=sibling_started,
        sibling_hurt=generator.binomial(sibling_started, risked.sibling_hurt),
        quota=quotas(generator, cell.telemetry, releases, service.sessions),
    )


def past(generator: np.random.Generator, around: World) -> Past:
    """The 14 days before the deploy. Crashes are booked, and loops are over, in the bin in which they began."""
    service, lengths = around.service, around.grid.lengths[PAST]
    due = (around.sessions[:, PAST] * lengths)[:, :, None] * service.segments[:, None, :]
    sessions = arrivals(generator, due, service.burst, lengths)
    result = outcomes(generator, sessions, around.risks.of(PAST), service.feedback)
    loops = further_crashes(generator, result.hurt, service.crashes)
    started = sessions + loops
    kept = within(around.quota[:, None] * lengths, started.sum(axis=2))
    return Past(
        started=generator.binomial(started, kept[:, :, None]),
        hurt=result.hurt,
        crashed=(result.hurt + loops).sum(axis=2),
        errors=result.errors,
        feedback=result.feedback,
        negative=result.negative,
        sibling_started=around.sibling_started[:, PAST],
        sibling_hurt=around.sibling_hurt[:, PAST],
        minute_of_day=service.moment % DAY_MINUTES,
        day_of_week=service.moment % WEEK_MINUTES // DAY_MINUTES,
    )
