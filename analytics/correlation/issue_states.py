"""The state of an issue in a release: exactly one of five, so that the states add up to all (docs/issue-states.md).

The first that holds, in this order:

* ``new_here``: no other release of the environment had the issue in an earlier minute.
* ``came_back``: it was resolved, and this release has the fix by what was said, and was the first to have it again.
* ``fixed_here``: the resolution in force says that this release is the first one with the fix, and it holds.
* ``getting_worse``: it hurts more users an exposure than on the baseline, proved at a false share of 10 % over all
  issues of the release that are none of the above (`analytics.statistics.comparison`).
* ``seen_before``: the rest.

"All" are the issues that the release had, and those that were fixed in it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from analytics.correlation.resolutions import Standing, Status
from analytics.statistics import comparison
from analytics.statistics.comparison import Arms, Comparison


class IssueState(StrEnum):
    NEW_HERE = "new_here"
    CAME_BACK = "came_back"
    GETTING_WORSE = "getting_worse"
    SEEN_BEFORE = "seen_before"
    FIXED_HERE = "fixed_here"


@dataclass(frozen=True, slots=True)
class States:
    """Of all issues of one release."""

    of: Mapping[str, IssueState] = field(default_factory=dict)
    worse: Mapping[str, Comparison] = field(default_factory=dict)
    """Of those that are getting worse: by how much."""


def states(
    release: str,
    had: Collection[str],
    new: Collection[str],
    standings: Mapping[str, Standing],
    compared: Mapping[str, Arms],
    *,
    margin: float,
) -> States:
    """The state of each issue of a release.

    ``had``: the issues with an event in the release; ``new``: those among them that no release had before.
    ``standings``: of issues that anything was commanded of. ``compared``: with the baseline, where that can be done.
    ``margin``: by how much worse a release may be.
    """
    found = {issue: IssueState.NEW_HERE if issue in new else _commanded(release, standings.get(issue)) for issue in had}
    fixed = [issue for issue, one in standings.items() if issue not in found and _is_fixed(release, one)]
    found |= dict.fromkeys(fixed, IssueState.FIXED_HERE)
    rest = {issue: arms for issue, arms in compared.items() if found.get(issue) is IssueState.SEEN_BEFORE}
    worse = comparison.worse(rest, margin)
    return States(found | dict.fromkeys(worse, IssueState.GETTING_WORSE), worse)


def _commanded(release: str, one: Standing | None) -> IssueState:
    if one is None:
        return IssueState.SEEN_BEFORE
    if any(back.release == release for back in one.came_back):
        return IssueState.CAME_BACK
    return IssueState.FIXED_HERE if _is_fixed(release, one) else IssueState.SEEN_BEFORE


def _is_fixed(release: str, one: Standing) -> bool:
    return one.status is Status.RESOLVED and one.fixed_in == release
