"""A service: what is the same of it before and after the deploy.

The ranges are wider than what a judge may take for granted, and no judge reads them.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.generator.laws import Range, log_uniform, uniform
from benchmarks.decisions.generator.week import WEEK_MINUTES, rate_week, traffic_week
from benchmarks.decisions.streams import Counts, Shares

HURT: Range = (0.002, 0.03)
"""Users newly hurt, a session."""
ERRORS: Range = (0.005, 0.08)
"""Users newly hit by a handled error, a session."""
FEEDBACK: Range = (0.002, 0.02)
"""Pieces of feedback, a session."""
NEGATIVE: Range = (0.15, 0.45)
"""The share of feedback that is negative."""
NOISE: Range = (0.05, 0.4)
"""Standard deviation of the slow noise of the logarithm of a rate."""
NEGATIVE_NOISE: Range = (0.05, 0.4)
"""The same of the log odds of negative feedback."""
MEMORY: Range = (60.0, 240.0)
"""Minutes in which slow noise forgets, about 120."""
IN_ERRORS: Range = (0.3, 1.0)
"""The power of an incident's factor that handled errors rise by."""
SIBLINGS: Range = (0.3, 5.0)
"""Traffic of all siblings together, as a multiple of the service's."""
SEGMENT_SIZES, SEGMENT_RATES = 0.2, 0.4
"""Standard deviations of the logarithms of a segment's size and rate, over services."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The services that a cell is about; each range is of what one of them may be."""

    sessions_an_hour: float
    """Of the whole service, in the mean of a week."""
    segments: tuple[float, ...] = (0.40, 0.28, 0.18, 0.10, 0.04)
    """Shares of traffic, about which a service's own vary."""
    day: Range = (1.5, 4.0)
    """Traffic of the busiest hour against that of the quietest."""
    weekend: Range = (0.7, 1.1)
    """Traffic of a Saturday and a Sunday against a weekday's."""
    weekend_rate: Range = (1.0, 1.0)
    """The same of the rate of hurt users: at the weekend others come."""
    burst: Range = (0.02, 0.1)
    """Standard deviation of the traffic of one minute beyond Poisson, as a share of it; each arm has its own."""
    crowds_a_day: Range | None = None
    crashes: Range = (1.0, 1.3)
    """Crashed sessions of a user who is hurt, in the mean: a loop is geometric."""
    coupling: Range | None = (0.7, 1.0)
    """How far siblings share the slow noise (its correlation) and incidents (the power of the factor); None: alone."""


@dataclass(frozen=True, slots=True)
class Service:
    """Values are [R] but for those that name their shape."""

    moment: Counts
    """Minute of the week of the deploy."""
    sessions: float
    """A minute, in the mean of a week."""
    segments: Shares
    """[R, S] shares of traffic, summing to 1."""
    traffic_week: Shares
    rate_week: Shares
    """[R, 1008] factors of traffic and of the rate of hurt users by ten minutes of the week."""
    burst: Shares
    crowds_a_day: Range | None
    crashes: Shares
    hurt: Shares
    """[R, S] a session, by segment."""
    errors: Shares
    in_errors: Shares
    feedback: Shares
    negative: Shares
    memory: Shares
    hurt_noise: Shares
    errors_noise: Shares
    negative_noise: Shares
    sibling_noise: Shares
    coupling: Shares
    siblings: Shares
    """Their traffic as a multiple of the service's; 0 if it has none."""
    sibling_hurt: Shares


def services(generator: np.random.Generator, kind: Kind, releases: int) -> Service:
    segments = _about(generator, np.asarray(kind.segments), SEGMENT_SIZES, releases)
    segments /= segments.sum(axis=1, keepdims=True)
    by_segment = _about(generator, np.ones(len(kind.segments)), SEGMENT_RATES, releases)
    by_segment /= (segments * by_segment).sum(axis=1, keepdims=True)
    coupling = kind.coupling or (0.0, 0.0)
    return Service(
        moment=generator.integers(WEEK_MINUTES, size=releases),
        sessions=kind.sessions_an_hour / 60.0,
        segments=segments,
        traffic_week=traffic_week(
            generator,
            log_uniform(generator, kind.day, releases),
            uniform(generator, kind.weekend, releases),
        ),
        rate_week=rate_week(generator, uniform(generator, kind.weekend_rate, releases)),
        burst=uniform(generator, kind.burst, releases),
        crowds_a_day=kind.crowds_a_day,
        crashes=uniform(generator, kind.crashes, releases),
        hurt=log_uniform(generator, HURT, (releases, 1)) * by_segment,
        errors=log_uniform(generator, ERRORS, releases),
        in_errors=uniform(generator, IN_ERRORS, releases),
        feedback=log_uniform(generator, FEEDBACK, releases),
        negative=uniform(generator, NEGATIVE, releases),
        memory=log_uniform(generator, MEMORY, releases),
        hurt_noise=log_uniform(generator, NOISE, releases),
        errors_noise=log_uniform(generator, NOISE, releases),
        negative_noise=log_uniform(generator, NEGATIVE_NOISE, releases),
        sibling_noise=log_uniform(generator, NOISE, releases),
        coupling=uniform(generator, coupling, releases),
        siblings=log_uniform(generator, SIBLINGS, releases) * (kind.coupling is not None),
        sibling_hurt=log_uniform(generator, HURT, releases),
    )


def _about(generator: np.random.Generator, middle: Shares, spread: float, releases: int) -> Shares:
    """[R, S] log-normal about ``middle`` [S]."""
    drawn: Shares = middle * np.exp(spread * generator.standard_normal((releases, len(middle))))
    return drawn
