"""Counts of the new arm beside the old one's at the same time: exact, whatever moves both (decision-engine.md, 2.3)."""

import numpy as np

from analytics.statistics import likelihood
from analytics.statistics.likelihood import Vector


def ratios(theta: Vector, new: Vector, old: Vector, share: Vector) -> Vector:
    """The minute's log-likelihood ratios [..., streams, theta] of counts [..., segments].

    Those of all traffic are the sum of the segments', each with its own share of exposure: a mix of users that differs
    between the arms looks like no harm.
    """
    by_segment = likelihood.concurrent(theta, new[..., np.newaxis], old[..., np.newaxis], share[..., np.newaxis])
    return streams(by_segment)


def streams(by_segment: Vector) -> Vector:
    """All traffic first, and then each segment; a single segment is all traffic."""
    if by_segment.shape[-2] == 1:
        return by_segment
    return np.concatenate([by_segment.sum(axis=-2, keepdims=True), by_segment], axis=-2)
