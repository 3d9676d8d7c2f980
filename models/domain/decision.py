"""A decision as it was recorded, and what people later said of it."""

from dataclasses import dataclass
from typing import Any

from models.domain.evidence import EvidenceMinute
from models.domain.verdict import Judgement, Mode, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """``label``: ``correct``, ``false_alarm``, ``missed`` or ``not_caused_by_release``. Time in ms."""

    outcome: str
    label: str
    reason: str | None
    said_by: str | None
    booked_at: int


@dataclass(frozen=True, slots=True)
class Frozen:
    """The evidence of a decision: the last minutes the engine was shown, and the SHA-256 of its state after them."""

    minutes: tuple[EvidenceMinute, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Decision:
    project: str
    decision: str
    """``d-1``, ``d-2``, … in the project."""
    environment: str
    deploy: str
    release: str
    minute: int
    verdict: Verdict
    mode: Mode
    policy: str
    taken_by: str
    provisional: bool
    """Whether it was taken on a minute that was still open."""
    decided_at: int
    document: dict[str, Any]
    """``gate.v1`` as it was decided, with ``action``: what it calls for."""
    judgement: Judgement
    evidence: Frozen
    outcomes: tuple[Outcome, ...] = ()

    @property
    def number(self) -> int:
        return int(self.decision.partition("-")[2])
