"""What a bad release does: to which signal, how much, from when on, and in which segment."""

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.decisions.generator.laws import Range
from benchmarks.decisions.generator.risks import MOST, Risks
from benchmarks.decisions.streams import Counts, Flags, Shares

Signal = Literal["crash", "errors", "issue", "feedback"]
ALL = -1


@dataclass(frozen=True, slots=True)
class Fault:
    signal: Signal
    factor: float
    """What the signal's mean is multiplied by; of an issue, its users as a multiple of `issues.RATE` of sessions."""
    onset: Range = (0.0, 0.0)
    """Minutes after the deploy; the onset is uniform between them."""
    growth: int = 0
    """Minutes from the onset in which a leak grows to its factor, linearly; 0 if it is there at once."""
    segment: int = ALL
    """The only one that is hit; only crashes are known by segment."""

    def hits(self, segments: int) -> Flags:
        """[S] whether each is hit."""
        hit: Flags = (np.arange(segments) == self.segment) | (self.segment == ALL)
        return hit


def onsets(generator: np.random.Generator, fault: Fault | None, releases: int, minutes: int) -> Counts:
    """[R] the first minute of the fault; ``minutes``, the end of the watch, of a healthy release."""
    if fault is None:
        return np.full(releases, minutes)
    earliest, latest = fault.onset
    return generator.integers(int(earliest), int(latest) + 1, releases)


def progress(fault: Fault | None, onset: Counts, minutes: int) -> Shares:
    """[R, T] how much of the fault is there: 0 before the onset, 1 when all of it is."""
    since = np.arange(minutes) - onset[:, None] + 1
    growth = fault.growth if fault else 0
    grown: Shares = np.clip(since / max(growth, 1), 0.0, 1.0)
    return grown


def harmed(risks: Risks, fault: Fault | None, there: Shares) -> Risks:
    """The risks with so much of the fault as is ``there`` [R, T]; no risk is above `MOST`, so less may be."""
    if fault is None or fault.signal == "issue":
        return risks
    wanted = 1.0 + (fault.factor - 1.0) * there
    match fault.signal:
        case "crash":
            hit = fault.hits(risks.hurt.shape[2])
            effect = np.minimum(wanted, MOST / risks.hurt[:, :, hit].max(axis=2))
            return dataclasses.replace(risks, hurt=np.where(hit, risks.hurt * effect[:, :, None], risks.hurt))
        case "errors":
            return dataclasses.replace(risks, errors=np.minimum(risks.errors * wanted, MOST))
        case "feedback":
            return dataclasses.replace(risks, negative=np.minimum(risks.negative * wanted, MOST))
