"""What becomes known of a release in one minute, as numbers; for one release or, by leading axes, for many."""

from dataclasses import dataclass

from analytics.statistics.likelihood import Vector


@dataclass(frozen=True, slots=True)
class Arm:
    """Of one of the two releases. Segments are all traffic together."""

    started: Vector
    hurt: Vector
    """Sessions, and users newly hurt, [..., segments]."""
    errors: Vector
    """Users newly hit by a handled error [...]."""
    feedback: Vector
    negative: Vector
    """What users wrote, and how much of it is negative, [...]."""


@dataclass(frozen=True, slots=True)
class Minute:
    share: Vector
    """The planned share of the new release [...], in (0, 1]; at 1 there is no old arm to compare with."""
    new: Arm
    old: Arm
    issues: Vector
    """Users newly hit by each issue that is new in the release [..., issues], in the order of their first sight."""
    sibling_started: Vector
    sibling_hurt: Vector
    """The same of all siblings together [...]."""
