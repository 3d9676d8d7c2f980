"""The verdict and its parts, as every gate, page and report shows them."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    CONTINUE = "continue"
    HOLD = "hold"
    ROLLBACK = "rollback"
    INSUFFICIENT_DATA = "insufficient_data"


class Finding(StrEnum):
    """What one signal says of the release."""

    WORSE = "worse"
    MAYBE_WORSE = "maybe_worse"
    SAME = "same"
    BETTER = "better"
    TOO_LITTLE_DATA = "too_little_data"
    NO_DATA = "no_data"


class Mode(StrEnum):
    OBSERVE = "observe"
    RECOMMEND = "recommend"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal's finding with the numbers behind it (`reasons` of ``gate.v1``).

    ``value``, ``low`` and ``high`` are the new release's rate and its 95 % interval, ``base`` the baseline's
    rate. ``n`` and ``base_n`` are the sessions behind them. ``points`` is what the signal takes from a score of 100.
    """

    signal: str
    verdict: Finding
    value: float | None
    low: float | None
    high: float | None
    n: int
    base: float | None
    limit: float | None
    issue: str | None
    sentence: str
    points: float = 0.0
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    log_evidence: float = 0.0
    base_n: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the engine answers after a minute: the verdict, always with its reasons."""

    verdict: Verdict
    score: float | None
    """0..100; None without any exposure."""
    confidence: float
    """0..1: what was gathered for either verdict, as a share of what that needs."""
    log_evidence: float
    """Natural logarithm of the e-value against the release."""
    needed: float
    """What ``log_evidence`` must reach for a rollback."""
    reasons: tuple[Reason, ...]
    unknown: tuple[str, ...]
    """Signals without data."""
    held_by: tuple[str, ...]
    """Why a rollback or a continue was withheld: ``no_concurrent_baseline``, ``no_identity``, ``inferred_deploy``, …"""
    would_change: str | None
    sentence: str
    """The headline: one sentence in plain words."""
