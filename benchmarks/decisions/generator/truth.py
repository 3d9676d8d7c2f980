"""The truth about releases, from the same arrays that their counts were drawn from."""

from dataclasses import dataclass

import numpy as np

from benchmarks.decisions.generator import faults, issues
from benchmarks.decisions.generator.arms import Serving
from benchmarks.decisions.generator.faults import Fault
from benchmarks.decisions.generator.risks import Risks
from benchmarks.decisions.streams import Counts, Due, Shares, Truth


@dataclass(frozen=True, slots=True)
class Release:
    """The new release's side of the truth."""

    fault: Fault | None
    onset: Counts
    """[R]."""
    there: Shares
    """[R, T] how much of the fault is there."""
    serving: Serving
    healthy: Risks
    harmed: Risks
    """What its sessions risk without the fault, and with it."""
    feedback: Shares
    """[R] a session."""

    @property
    def sessions(self) -> Counts:
        """[R, T]."""
        total: Counts = self.serving.sessions.sum(axis=2)
        return total

    def issue_due(self) -> Shares:
        """[R, T] users that the fault adds to the first new issue, in the mean."""
        if self.fault is None or self.fault.signal != "issue":
            return np.zeros(self.there.shape)
        return self.sessions * self.there * self.fault.factor * issues.RATE


def due(serving: Serving, risks: Risks) -> Due:
    return Due(serving.hurt_due(risks), serving.sessions.sum(axis=2) * risks.errors, risks.negative)


def truth(new: Release, old: Due, issues_due: Shares) -> Truth:
    fault, healthy = new.fault, due(new.serving, new.healthy)
    added = new.issue_due()
    return Truth(
        bad=np.full(len(new.onset), fault is not None),
        onset=new.onset,
        effect=_effect(new, healthy, added, issues_due[:, :, 0]),
        signal=fault.signal if fault else "crash",
        segment=np.full(len(new.onset), fault.segment if fault else faults.ALL),
        new=healthy,
        old=old,
        issues=issues_due,
        fault=added,
        hurt_by_fault=_hurt_by_fault(new, healthy, added),
        incident=new.healthy.incident,
    )


def _effect(new: Release, healthy: Due, added: Shares, first_issue: Shares) -> Shares:
    """[R, T]; where nothing is due, what it would be."""
    if new.fault is None:
        return np.ones(new.there.shape)
    match new.fault.signal:
        case "crash":
            hit = new.fault.hits(new.healthy.hurt.shape[2])
            risked = (new.harmed.hurt / new.healthy.hurt)[:, :, hit].max(axis=2)
            harmed = new.serving.hurt_due(new.harmed)
            return _ratio(harmed[:, :, hit].sum(axis=2), healthy.hurt[:, :, hit].sum(axis=2), risked)
        case "errors":
            return new.harmed.errors / new.healthy.errors
        case "feedback":
            return new.harmed.negative / new.healthy.negative
        case "issue":
            return _ratio(first_issue + added, first_issue, np.ones_like(added))


def _hurt_by_fault(new: Release, healthy: Due, added: Shares) -> Shares:
    """[R, T]; only what the fault multiplies differs from a healthy release."""
    hurt: Shares = (new.serving.hurt_due(new.harmed) - healthy.hurt).sum(axis=2)
    errors = new.sessions * (new.harmed.errors - new.healthy.errors)
    negative = new.sessions * new.feedback[:, None] * (new.harmed.negative - new.healthy.negative)
    return hurt + errors + negative + added


def _ratio(above: Shares, below: Shares, otherwise: Shares) -> Shares:
    return np.divide(above, below, out=otherwise.copy(), where=below > 0)
