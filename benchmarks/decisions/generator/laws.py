"""The two laws that what is not known of a service is drawn from, each given by its least and its most."""

from math import log

import numpy as np

from benchmarks.decisions.streams import Shares

Range = tuple[float, float]


def uniform(generator: np.random.Generator, between: Range, shape: int | tuple[int, ...]) -> Shares:
    return generator.uniform(*between, shape)


def log_uniform(generator: np.random.Generator, between: Range, shape: int | tuple[int, ...]) -> Shares:
    """Values whose logarithm is uniform; both ends above 0."""
    least, most = between
    drawn: Shares = least * np.exp(log(most / least) * generator.random(shape))
    return drawn


def log_uniform_mean(between: Range) -> float:
    """``(most - least) / ln(most / least)``."""
    least, most = between
    return (most - least) / log(most / least) if most > least else least
