"""Who gets the new release: the planned share of each segment, or early adopters who are not like the rest."""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.generator.services import Service
from benchmarks.decisions.streams import Shares


@dataclass(frozen=True, slots=True)
class Adopters:
    """How they differ while the release has next to no traffic; the difference goes as it gets all of it."""

    segments: float = 0.0
    """Standard deviation, over segments, of the logarithm of how much likelier they are to be of a segment."""
    rate: float = 0.0
    """Standard deviation, over releases, of the logarithm of their rate of hurt users against their segment's."""


def shares_by_segment(generator: np.random.Generator, adopters: Adopters, service: Service, share: Shares) -> Shares:
    """[R, T, S] the new release's share of each segment, which is the planned ``share`` [T] over all of them."""
    left = (1.0 - share)[None, :, None]
    leaning = adopters.segments * generator.standard_normal(service.segments.shape)[:, None, :]
    weight = np.exp(leaning * left)
    weight /= (service.segments[:, None, :] * weight).sum(axis=2, keepdims=True)
    return np.minimum(share[None, :, None] * weight, 1.0)


def rates(generator: np.random.Generator, adopters: Adopters, releases: int, share: Shares) -> Shares:
    """[R, T] what their rate of hurt users is multiplied by."""
    return np.exp(adopters.rate * generator.standard_normal((releases, 1)) * (1.0 - share))
