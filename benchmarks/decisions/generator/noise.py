"""Slow noise: what the rates of a service do without a cause that anybody knows."""

import numpy as np

from benchmarks.decisions.generator.grid import Grid
from benchmarks.decisions.streams import Shares


def slow_noise(generator: np.random.Generator, grid: Grid, memory: Shares) -> Shares:
    """[R, N] Ornstein-Uhlenbeck of variance 1, taken in the middle of each step.

    Two values have correlation ``exp(-gap / memory)``; ``memory`` is [R], in minutes.
    """
    gaps = np.diff(grid.middles, prepend=-np.inf)
    kept = np.exp(-gaps / memory[:, None])
    fresh = np.sqrt(1.0 - kept**2) * generator.standard_normal(kept.shape)
    noise = np.empty_like(fresh)
    value = np.zeros(len(memory))
    for step in range(len(gaps)):
        value = kept[:, step] * value + fresh[:, step]
        noise[:, step] = value
    return noise


def coupled(first: Shares, second: Shares, correlation: Shares | float) -> Shares:
    """Noise of variance 1 that has this correlation with ``first``, made with ``second``, which has none."""
    mixed: Shares = correlation * first + np.sqrt(1.0 - np.square(correlation)) * second
    return mixed


def multiplier(noise: Shares, spread: Shares) -> Shares:
    """[R, N] log-normal factors of mean 1; ``spread`` [R] is the standard deviation of their logarithm."""
    return np.exp(spread[:, None] * noise - spread[:, None] ** 2 / 2)
