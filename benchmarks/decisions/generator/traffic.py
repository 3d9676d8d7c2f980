"""How sessions arrive: a week's shape, flash crowds, and minutes that are burstier than Poisson."""

import numpy as np

from benchmarks.decisions.generator import week
from benchmarks.decisions.generator.episodes import Law, episodes
from benchmarks.decisions.generator.grid import Grid
from benchmarks.decisions.generator.services import Service
from benchmarks.decisions.streams import Counts, Shares

CROWD_MINUTES, CROWD_SPREAD, CROWD_FACTOR = 8.0, 0.7, (1.5, 6.0)


def traffic(generator: np.random.Generator, service: Service, grid: Grid) -> Shares:
    """[R, N] mean sessions a minute of the whole service."""
    shape = week.at(service.traffic_week, service.moment, grid.middles)
    crowds = Law(service.crowds_a_day, CROWD_MINUTES, CROWD_SPREAD, CROWD_FACTOR)
    return service.sessions * shape * episodes(generator, crowds, len(shape), grid)


def arrivals(generator: np.random.Generator, due: Shares, burst: Shares, lengths: Shares) -> Counts:
    """[R, n, ...] sessions, of which ``due`` a step come in the mean: Poisson about gamma noise.

    ``burst`` [R] is the noise's standard deviation in one minute as a share of the mean; over a step of several
    ``lengths`` [n] minutes it averages out. Segments share the noise.
    """
    shape = lengths / burst[:, None] ** 2
    noise = generator.standard_gamma(shape) / shape
    return generator.poisson(due * noise.reshape(noise.shape + (1,) * (due.ndim - 2)))
