"""What came of it when one judge watched one cell: what is kept of a run, one value a release."""

from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.decisions.judges.protocol import Verdicts
from benchmarks.decisions.judges.timing import first_at
from benchmarks.decisions.streams import Counts, Episode, Flags

LEVELS = tuple(float(level) for level in np.arange(0.25, 12.01, 0.25))
"""Thresholds that the evidence is held against: log-evidence, z and votes all decide within them."""
AFTERMATH = 60
"""Minutes after an incident in which a rollback is still put down to it: what it left in cumulative evidence."""


class Outcomes(msgspec.Struct, frozen=True):
    cell: str
    judge: str
    seed: int
    minutes: int
    """T, which stands for "never" wherever a minute is."""
    bad: tuple[bool, ...]
    onset: tuple[int, ...]
    rolled_back: tuple[int, ...]
    hurt: tuple[float, ...]
    """Users whom the fault hurt up to the minute of the rollback, in the mean; in the whole watch if there was none."""
    hurt_in_all: tuple[float, ...]
    in_incident: tuple[bool, ...]
    """Whether an incident was on while the release was healthy."""
    blamed: tuple[bool, ...]
    """Whether it was rolled back for that: in the incident or its aftermath, before any fault."""
    crossings: tuple[tuple[int, ...], ...] | None
    """By `LEVELS`, the minute in which each release's evidence reached it; None if the judge has no evidence."""

    @classmethod
    def of(cls, cell: str, judge: str, seed: int, episode: Episode, verdicts: Verdicts) -> Self:
        truth, last = episode.truth, verdicts.rolled_back
        minutes = truth.effect.shape[1]
        before_fault = np.arange(minutes) < truth.onset[:, None]
        incident = truth.incident & before_fault
        blamable = _followed(incident, AFTERMATH) & before_fault
        hurt = truth.hurt_by_fault.cumsum(axis=1)
        return cls(
            cell=cell,
            judge=judge,
            seed=seed,
            minutes=minutes,
            bad=tuple(truth.bad.tolist()),
            onset=tuple(truth.onset.tolist()),
            rolled_back=tuple(last.tolist()),
            hurt=tuple(_at(last, hurt, hurt[:, -1]).tolist()),
            hurt_in_all=tuple(hurt[:, -1].tolist()),
            in_incident=tuple(np.asarray(incident.any(axis=1)).tolist()),
            blamed=tuple(_at(last, blamable, np.zeros(len(last), dtype=bool)).tolist()),
            crossings=_crossings(verdicts),
        )


def _at(minute: Counts, values: NDArray[Any], never: NDArray[Any]) -> NDArray[Any]:
    """[R] of ``values`` [R, T] those in each release's ``minute``; ``never`` [R] where that is T."""
    return np.hstack([values, never[:, None]])[np.arange(len(values)), minute]


def _followed(flags: Flags, minutes: int) -> Flags:
    """[R, T] whether any flag is set in this minute or in the ``minutes`` before it."""
    total = np.append(np.zeros((len(flags), 1), dtype=int), flags.cumsum(axis=1), axis=1)
    now = np.arange(flags.shape[1])
    followed: Flags = total[:, now + 1] > total[:, np.maximum(now - minutes, 0)]
    return followed


def _crossings(verdicts: Verdicts) -> tuple[tuple[int, ...], ...] | None:
    if verdicts.evidence is None:
        return None
    return tuple(tuple(first_at(verdicts.evidence, level).tolist()) for level in LEVELS)
