"""Issues in the order in which they need someone, over as many pages as it takes: the rows behind every count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy import Connection

from analytics.correlation.issue_states import IssueState
from analytics.correlation.resolutions import Comparison as Compared
from analytics.correlation.resolutions import Standing, Status
from analytics.correlation.suspects import Suspect
from analytics.statistics.comparison import Comparison
from api.issues import states
from api.issues.standings import UNTOUCHED, standings
from api.issues.states import InRelease
from api.issues.suspects import leading
from models.store.queries import issue_counts, issues
from models.store.queries.issue_counts import Asked, Counts
from models.store.queries.issues import NOTHING, PAGE, Issue
from models.store.queries.merged import merged

STATES = tuple(IssueState)
STATUSES = (Status.OPEN, Status.MUTED, Status.RESOLVED)

Place: TypeAlias = tuple[int, int, int, str]
"""Where a page ended: rank, users, events and id of its last issue."""


@dataclass(frozen=True, slots=True)
class Listed:
    issue: Issue
    place: Place
    state: IssueState | None = None
    """None where no release is asked for."""
    standing: Standing = UNTOUCHED
    back: Compared | None = None
    """What it came back by: in the release, or after the last resolution."""
    worse: Comparison | None = None
    suspect: Suspect | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    counts: Mapping[str, int]
    """By state in a release, else by status; and ``all``, their sum."""
    items: list[Listed] = field(default_factory=list)


def of_release(
    connection: Connection,
    project: str,
    environment: str,
    release: str,
    *,
    state: IssueState | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> Listing:
    """By state, and in each those that hurt most users first. ``limit`` 0 counts only."""
    found = states.of_releases(connection, project, environment, [release])[release]
    asked = Asked(project, environment, release, merged=found.merged)
    ranks = {issue: STATES.index(one) for issue, one in found.states.of.items()}
    counts = issue_counts.of_issues(connection, asked)
    page = _page(ranks, counts, None if state is None else STATES.index(state), after, limit)
    suspects = leading(connection, project, environment, release, found, page)
    items = [
        Listed(
            one,
            _place(one.issue, ranks, counts),
            found.states.of[one.issue],
            found.standings.get(one.issue, UNTOUCHED),
            _back(found.standings.get(one.issue, UNTOUCHED), release),
            found.states.worse.get(one.issue),
            suspects.get(one.issue),
        )
        for one in issues.described(connection, asked, {issue: counts.get(issue, NOTHING) for issue in page})
    ]
    return Listing(count_states(found), items)


def of_environment(
    connection: Connection,
    project: str,
    environment: str,
    *,
    status: Status | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> Listing:
    """Open ones first, and in each status those that hurt most users."""
    asked = Asked(project, environment, merged=merged(connection, project))
    counts = issue_counts.of_issues(connection, asked)
    stand = standings(connection, project, environment, counts.keys())
    ranks = {issue: STATUSES.index(stand.get(issue, UNTOUCHED).status) for issue in counts}
    page = _page(ranks, counts, None if status is None else STATUSES.index(status), after, limit)
    described = issues.described(connection, asked, {issue: counts[issue] for issue in page})
    items = []
    for one in described:
        stands = stand.get(one.issue, UNTOUCHED)
        items.append(Listed(one, _place(one.issue, ranks, counts), standing=stands, back=stands.back))
    told = list(ranks.values())
    return Listing({"all": len(told)} | {one.value: told.count(rank) for rank, one in enumerate(STATUSES)}, items)


def count_states(found: InRelease) -> dict[str, int]:
    """How many issues of a release are in each state, and all of them."""
    told = list(found.states.of.values())
    return {"all": len(told)} | {one.value: told.count(one) for one in STATES}


def _back(stands: Standing, release: str) -> Compared | None:
    return next((one for one in reversed(stands.came_back) if one.release == release), None)


def _page(
    ranks: Mapping[str, int], counts: Mapping[str, Counts], only: int | None, after: Place | None, limit: int
) -> list[str]:
    places = [_place(issue, ranks, counts) for issue, rank in ranks.items() if only is None or rank == only]
    places.sort(key=_order)
    if after is not None:
        places = [place for place in places if _order(place) > _order(after)]
    return [issue for _, _, _, issue in places[:limit]]


def _place(issue: str, ranks: Mapping[str, int], counts: Mapping[str, Counts]) -> Place:
    counted = counts.get(issue, NOTHING)
    return ranks[issue], counted.users, counted.events, issue


def _order(place: Place) -> tuple[int, int, int, str]:
    rank, users, events, issue = place
    return rank, -users, -events, issue
