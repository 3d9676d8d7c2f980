"""Evidence: the numbers a release is judged on, one value a minute.

Minutes are counted from the epoch, in UTC (``ms // 60_000``), in booking time.
"""

from dataclasses import dataclass, field

MILLISECONDS_A_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class ArmMinute:
    """What became known in one minute about one release in one environment.

    The session counts are signed deltas of knowledge: a crash known later moves one session from ``healthy``
    to ``crashed`` in the minute in which it is known.
    """

    started: int = 0
    healthy: int = 0
    errored: int = 0
    unhandled: int = 0
    abnormal: int = 0
    crashed: int = 0
    hurt: int = 0
    """Users newly hurt: crashed, unhandled or abnormal sessions, or unhandled errors; first time this UTC day.

    As evidence of two releases, a user counts once over both, where hurt first: else who was hurt on the old one before
    the deploy, or meets both, would count for the new one alone.
    """
    anonymous: int = 0
    """Distinct (issue, host) of unhandled errors without any user identity."""


@dataclass(frozen=True, slots=True)
class IssueMinute:
    """Users newly affected in this minute by one issue that is new in the release; ``old``: those on the baseline."""

    issue: str
    users: int
    old: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceMinute:
    minute: int
    exposure: float
    """Planned share of traffic of the new release in this minute, 0..1."""
    new: ArmMinute = field(default_factory=ArmMinute)
    old: ArmMinute = field(default_factory=ArmMinute)
    new_issues: tuple[IssueMinute, ...] = ()
    usual: int | None = None
    """Sessions of all releases a day before or, if fewer, a week before; None where neither is known."""


@dataclass(frozen=True, slots=True)
class History:
    """The environment in the 24 hours before the deploy, over all its releases.

    ``hurt`` counts a user once a UTC day, and ``started_old`` only the sessions of the release that is replaced.
    """

    minutes: int = 0
    """Closed minutes that the figures cover, at most 1440."""
    started: int = 0
    hurt: int = 0
    started_old: int = 0


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the release is compared with. ``kind``: ``concurrent``, ``sequential`` or ``none``."""

    release: str | None
    kind: str
