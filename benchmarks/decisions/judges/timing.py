"""When something became known: a judge that looks at intervals says nothing new before the next one is over."""

import numpy as np

from benchmarks.decisions.streams import Counts, Shares


def sums(counts: Counts, every: int) -> Counts:
    """[R, T // every] sums over the complete intervals of so many minutes; ``counts``: [R, T]."""
    releases, minutes = counts.shape
    complete = minutes // every
    summed: Counts = counts[:, : complete * every].reshape(releases, complete, every).sum(axis=2)
    return summed


def sliding(counts: Counts, window: int) -> Counts:
    """[R, T] sums over the last ``window`` minutes, this one included; over fewer at the start."""
    total = np.cumsum(counts, axis=1)
    total[:, window:] -= total[:, :-window].copy()
    return total


def known_since(values: Shares | Counts, every: int, minutes: int, *, before: float) -> Shares:
    """[R, minutes] what was last known: ``values[:, k]`` from the last minute of interval k, ``before`` until then."""
    start = np.full((len(values), 1), before)
    known: Shares = np.hstack([start, values])[:, (np.arange(minutes) + 1) // every]
    return known


def first_at(evidence: Shares, threshold: float) -> Counts:
    """[R] the first minute in which ``evidence`` [R, T] is at least ``threshold``; T if it never is."""
    reached = evidence >= threshold
    minutes: Counts = np.where(reached.any(axis=1), reached.argmax(axis=1), evidence.shape[1])
    return minutes
