"""Deploys as people mean them: a release put into an environment, with a timeline."""

from dataclasses import dataclass

MINUTE = 60_000
WATCH = 14 * 24 * 60 * MINUTE
"""A release is watched for 14 days, in ms, unless another takes over before."""


@dataclass(frozen=True, slots=True)
class DeployFact:
    """One message about a deploy. Times in ms."""

    fact: str
    environment: str
    deploy: str | None
    release: str
    state: str
    exposure: float | None
    replaces: str | None
    irreversible: bool
    booked_at: int


@dataclass(frozen=True, slots=True)
class Step:
    """From ``booked_at`` on (ms), the deploy is in ``state`` with this share of traffic."""

    booked_at: int
    state: str
    exposure: float


@dataclass(frozen=True, slots=True)
class Deploy:
    deploy: str
    environment: str
    release: str
    replaces: str | None
    timeline: tuple[Step, ...]
    irreversible: bool = False
    inferred: bool = False
    is_return: bool = False
    """Whether it goes back to the release that was replaced: recorded, and not judged as a new release."""
    ended_at: int | None = None
    """When another release took over or it was withdrawn, in ms."""
    ended_by: str | None = None

    @property
    def started_at(self) -> int:
        return self.timeline[0].booked_at

    @property
    def watched_until(self) -> int:
        """The time (ms) after which nothing more is held for or against it."""
        longest = self.started_at + WATCH
        return longest if self.ended_at is None else min(self.ended_at, longest)

    def runs_at(self, at: int) -> bool:
        """Whether there is still something to undo at a time (ms): it was not withdrawn, and no other took over."""
        return self.ended_at is None or self.ended_at > at

    def exposure_at(self, minute: int) -> float:
        """The planned share of traffic in a minute, the largest one where it changed: who was exposed can be hurt."""
        start, end = minute * MINUTE, (minute + 1) * MINUTE
        before = [step.exposure for step in self.timeline if step.booked_at < start]
        within = [step.exposure for step in self.timeline if start <= step.booked_at < end]
        return max([*before[-1:], *within], default=0.0)

    def shared_by(self, minute: int) -> bool:
        """Whether it had only a part of the traffic at some time up to a minute: its baseline served beside it."""
        end = (minute + 1) * MINUTE
        return any(0.0 < step.exposure < 1.0 for step in self.timeline if step.booked_at < end)
