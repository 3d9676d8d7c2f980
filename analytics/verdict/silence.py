"""A source that went silent: a fault to show, never a pass."""

from collections.abc import Sequence
from dataclasses import replace

from models.domain.evidence import EvidenceMinute
from models.domain.verdict import Judgement, Verdict

WINDOW = 10
"""Minutes without any session."""
LEAST_DUE = 20.0
"""Sessions that were due in them: by chance none would come once in e^20 windows."""
REASON = "silent_source"


def due(window: Sequence[EvidenceMinute]) -> float:
    """Sessions that the planned share of the traffic would have brought."""
    return sum(_due(minute) for minute in window)


def silent(window: Sequence[EvidenceMinute]) -> bool:
    """Whether the last `WINDOW` minutes brought no session of the new release although many were due."""
    if len(window) < WINDOW or any(minute.new.started > 0 for minute in window):
        return False
    return due(window) >= LEAST_DUE


def verdict(found: Verdict) -> Verdict:
    """While the source is silent: hold, but a rollback stays, and nothing at all is no verdict."""
    return found if found in (Verdict.ROLLBACK, Verdict.INSUFFICIENT_DATA) else Verdict.HOLD


def silenced(judgement: Judgement, release: str, expected: float) -> Judgement:
    """The judgement while the source is silent, in words."""
    gap = f"No session of {release} arrived in {WINDOW} minutes, where about {expected:.0f} were due"
    told = f"{gap}: is its SDK still sending?"
    held_by = (*judgement.held_by, REASON)
    if verdict(judgement.verdict) is not Verdict.HOLD:
        return replace(judgement, held_by=held_by, sentence=f"{judgement.sentence} {told}")
    # A score would have to add up to its reasons' points and lie in the band of a hold; silence has neither.
    return replace(
        judgement,
        verdict=Verdict.HOLD,
        score=None,
        held_by=held_by,
        sentence=told,
        would_change="Sessions of this release arriving again.",
    )


def _due(minute: EvidenceMinute) -> float:
    """By the old arm where it serves beside; else by what is usual at this time, for nights are quiet."""
    if 0.0 < minute.exposure < 1.0:
        return max(minute.old.started, 0) * minute.exposure / (1.0 - minute.exposure)
    return minute.exposure * (minute.usual or 0)
