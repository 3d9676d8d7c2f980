"""What became of a resolved issue in one environment: whether it came back, or only old clients still have it (5.3).

It is read from two things that are only ever added to: what people commanded, and in which minutes each release had the
issue. So it does not depend on the order in which events arrive. An event in the minute of a command counts as before.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest

from analytics.correlation.order import By, Order, order
from models.domain.issue import CommandKind, FixedIn, IssueCommand
from models.domain.release import Known

MINUTE = 60_000
LATER: Mapping[By, str] = {
    By.VERSION: "a later version",
    By.DEPLOY: "deployed later",
    By.SEEN: "first seen later",
}
EARLIER: Mapping[By, str] = {
    By.VERSION: "an earlier version",
    By.DEPLOY: "deployed earlier",
    By.SEEN: "first seen earlier",
}


class Status(StrEnum):
    """Of an issue in an environment, now."""

    OPEN = "open"
    RESOLVED = "resolved"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A release had the issue after a command; ``minute`` is the first one after the command's own."""

    release: str
    minute: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """An event after a resolution. ``covered``: it is of a release that does not have the fix, and tells nothing."""

    command: str
    release: str
    minute: int
    covered: bool
    by: By | None
    """None where the releases were not, or could not be, compared."""
    sentence: str
    """``fixed in shop@2.13.0; event from shop@2.14.0, deployed later``."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of an issue in one environment."""

    status: Status = Status.OPEN
    last: IssueCommand | None = None
    came_back: tuple[Comparison, ...] = ()
    """For each resolution that did not hold, the first releases with the issue although they have the fix."""
    old_clients: tuple[Comparison, ...] = ()
    """Of the resolution in force: releases without the fix that still have the issue."""
    fixed_in: str | None = None
    """Of the resolution in force: the first release here with the fix; None until it came."""

    @property
    def back(self) -> Comparison | None:
        """By what the last resolution failed; None if it holds, or if something else was commanded since."""
        failed = self.status is Status.OPEN and self.last is not None and self.last.kind is CommandKind.RESOLVE
        return self.came_back[-1] if failed else None


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases that are known in an environment, ready to be compared."""

    environment: str
    known: Mapping[str, Known]
    times: tuple[tuple[int, str], ...] = field(default=())
    """Since when each is in the environment, in order."""

    @classmethod
    def of(cls, environment: str, known: Mapping[str, Known]) -> "Releases":
        since = ((one.since(environment), name) for name, one in known.items())
        return cls(environment, known, tuple(sorted((at, name) for at, name in since if at is not None)))

    def named(self, release: str) -> Known:
        """One that was deleted, or never seen, is known by its name alone."""
        return self.known.get(release) or Known(release)

    def order(self, one: str, other: str) -> Order | None:
        return order(self.named(one), self.named(other), self.environment)

    def after(self, at: int) -> list[str]:
        """Those that came after a time (ms), the first one first."""
        return [name for _, name in self.times[bisect_right(self.times, (at, "\U0010ffff")) :]]


def standing(
    commands: Sequence[IssueCommand], sightings: Mapping[str, Sequence[Sighting]], releases: Releases
) -> Standing:
    """What holds after all commands; ``sightings``: by command, what was seen after it."""
    found = Standing()
    ordered = sorted(commands, key=lambda one: (one.at, one.command))
    for command, following in zip_longest(ordered, ordered[1:]):
        until = following.at // MINUTE if following else None
        seen = [one for one in sightings.get(command.command, ()) if until is None or one.minute <= until]
        found = _after(found, command, seen, releases)
    return found


def _after(before: Standing, command: IssueCommand, seen: Sequence[Sighting], releases: Releases) -> Standing:
    if command.kind is not CommandKind.RESOLVE:
        status = Status.MUTED if command.kind is CommandKind.MUTE else Status.OPEN
        return Standing(status, command, before.came_back)
    compared = sorted((compare(command, one, releases) for one in seen), key=lambda one: (one.minute, one.release))
    back = [one for one in compared if not one.covered]
    first = tuple(one for one in back if one.minute == back[0].minute)
    return Standing(
        Status.OPEN if first else Status.RESOLVED,
        command,
        (*before.came_back, *first),
        tuple(one for one in compared if one.covered),
        fixed_in(command, releases),
    )


def fixed_in(command: IssueCommand, releases: Releases) -> str | None:
    """The first release of the environment that has the fix, None if it has not come yet."""
    if command.fixed_in is FixedIn.RELEASE:
        return command.release
    if command.fixed_in is FixedIn.NOW:
        return command.current.get(releases.environment)
    later = (name for name in releases.after(command.at) if not compare(command, Sighting(name, 0), releases).covered)
    return next(later, None)


def compare(command: IssueCommand, seen: Sighting, releases: Releases) -> Comparison:
    """Whether a resolution covers an event: the rules of 5.3. What cannot be compared is never called a regression."""
    covered, by, sentence = _compare(command, seen.release, releases)
    return Comparison(command.command, seen.release, seen.minute, covered, by, sentence)


def _compare(command: IssueCommand, release: str, releases: Releases) -> tuple[bool, By | None, str]:
    current = command.release if command.fixed_in is FixedIn.RELEASE else command.current.get(releases.environment)
    fixed = _fixed(command, current)
    if not release:
        return True, None, f"{fixed}; event without a release, taken for an older one"
    if current is None:
        return _without_current(command, release, fixed, releases)
    found = releases.order(release, current)
    if found is None:
        return True, None, f"{fixed}; event from {release}, and nothing tells which came later"
    covered = found.sign <= 0 if command.fixed_in is FixedIn.NEXT else found.sign < 0
    if not covered and command.fixed_in is FixedIn.NEXT and (place := _deployed_before(command, release, releases)):
        return True, By.DEPLOY, f"{fixed}; event from {release}, which was in {place} already"
    return covered, found.by, f"{fixed}; event from {_told(release, found)}"


def _without_current(
    command: IssueCommand, release: str, fixed: str, releases: Releases
) -> tuple[bool, By | None, str]:
    """Nobody knew of a release there when it was resolved: only what came since can have the fix."""
    since = releases.named(release).since(releases.environment)
    if since is not None and since <= command.at and command.fixed_in is FixedIn.NEXT:
        return True, By.SEEN, f"{fixed}; event from {release}, which was there before"
    if command.fixed_in is FixedIn.NEXT and (place := _deployed_before(command, release, releases)):
        return True, By.DEPLOY, f"{fixed}; event from {release}, which was in {place} already"
    return False, By.SEEN, f"{fixed}; event from {release}, later"


def _deployed_before(command: IssueCommand, release: str, releases: Releases) -> str | None:
    """Where the release ran when it was said that the next one has the fix: then it is not the next one."""
    deployed = releases.named(release).deployed
    return min((place for place, at in deployed.items() if at <= command.at), default=None)


def _fixed(command: IssueCommand, current: str | None) -> str:
    if command.fixed_in is FixedIn.RELEASE:
        return f"fixed in {current}"
    if command.fixed_in is FixedIn.NEXT:
        return f"fixed in the release after {current}" if current else "fixed in the next release"
    return f"fixed while {current} was current" if current else "fixed before"


def _told(release: str, found: Order) -> str:
    if found.by is By.NAME:
        return f"{release}, that very release"
    if found.sign == 0:
        return f"{release}, the same version"
    return f"{release}, {LATER[found.by] if found.sign > 0 else EARLIER[found.by]}"
