"""Which of two releases came later in an environment, and by what that is said.

Two versions of one package are ordered by semantic version; all others by the time at which each was first deployed
in the environment; where nobody told of both deploys, by when each was first seen there. A pair is ordered by what is
known of that pair alone: no third release ever changes it, and so no answer flips.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from analytics.correlation import versions
from analytics.statistics.intervals import wilson
from models.domain.release import Known

ADOPTED = 0.05
"""The share of recent sessions from which on a release that nobody deployed counts as one: testers, sideloaded builds
and forged names stay below it. The lower end of the 95 % interval must reach it, so that 1 session of 10 does not."""


class By(StrEnum):
    """By what releases were ordered, as people read it."""

    VERSION = "semver"
    DEPLOY = "deploy time"
    SEEN = "first seen"
    NAME = "name"
    """One and the same."""


@dataclass(frozen=True, slots=True)
class Order:
    """``sign``: -1, 0 or 1 as the first release is the earlier, the same, or the later one."""

    sign: int
    by: By


@dataclass(frozen=True, slots=True)
class Newest:
    release: str
    by: By


def order(one: Known, other: Known, environment: str) -> Order | None:
    """None where nothing tells which came later."""
    if one.release == other.release:
        return Order(0, By.NAME)
    if (sign := versions.order_by_version(one.release, other.release)) is not None:
        return Order(sign, By.VERSION)
    places = [environment, *sorted((one.deployed.keys() & other.deployed.keys()) - {environment})]
    for place in places:
        if place in one.deployed and place in other.deployed:
            return _by_time(one.deployed[place], other.deployed[place], By.DEPLOY)
    first, second = one.since(environment), other.since(environment)
    return None if first is None or second is None else _by_time(first, second, By.SEEN)


def newest(releases: Iterable[Known], environment: str, traffic: Mapping[str, int]) -> Newest | None:
    """The latest release of an environment, None if none counts.

    Only releases count that were deployed there and not withdrawn, or that have at least `ADOPTED` of the ``traffic``
    (recent sessions by release). The one that came last names the package; of its package the highest version wins.
    """
    total = sum(traffic.values())
    counting = [one for one in releases if _counts(one, environment, traffic.get(one.release, 0), total)]
    if not counting:
        return None
    last = max(counting, key=lambda one: (one.since(environment) or 0, one.release))
    best, by = last, By.DEPLOY if environment in last.deployed else By.SEEN
    for one in counting:
        sign = versions.order_by_version(one.release, best.release)
        if sign is not None and one is not best:
            by = By.VERSION
            best = one if sign > 0 else best
    return Newest(best.release, by)


def _counts(one: Known, environment: str, traffic: int, total: int) -> bool:
    if environment in one.deployed:
        return environment not in one.withdrawn
    return total > 0 and wilson(min(traffic, total), total)[0] >= ADOPTED


def _by_time(one: int, other: int, by: By) -> Order | None:
    return None if one == other else Order((one > other) - (one < other), by)
