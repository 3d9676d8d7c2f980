"""A page of issues as the rows behind their counts, and the tabs that choose among them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.correlation.issue_states import IssueState
from analytics.correlation.resolutions import Status
from api.answers import cursor_of, place_of
from api.issues import listing
from api.issues.listing import Listed, Listing, Place
from models.store.queries.issues import PAGE

ALL = "all"


@dataclass(frozen=True, slots=True)
class Rows:
    tab: str
    """``all``, or a state of an issue in a release, or a status of one in an environment."""
    counts: Mapping[str, int]
    items: tuple[Listed, ...]
    next: str | None
    """The cursor of the next page."""


def of_release(
    connection: Connection, project: str, environment: str, release: str, state: str | None, after: str | None
) -> tuple[Rows, Listing]:
    """And the listing that they are of."""
    tab = state if state in tuple(IssueState) else ALL
    wanted = None if tab == ALL else IssueState(tab)
    place = place_of(after, Place)
    of = (project, environment, release)
    found = listing.of_release(connection, *of, state=wanted, after=place, limit=PAGE + 1)
    return _rows(tab, found), found


def of_environment(
    connection: Connection, project: str, environment: str, status: str | None, after: str | None
) -> Rows:
    tab = status if status in tuple(Status) else ALL
    wanted = None if tab == ALL else Status(tab)
    place = place_of(after, Place)
    return _rows(
        tab, listing.of_environment(connection, project, environment, status=wanted, after=place, limit=PAGE + 1)
    )


def _rows(tab: str, found: Listing) -> Rows:
    kept = tuple(found.items[:PAGE])
    return Rows(tab, found.counts, kept, cursor_of(kept[-1].place) if len(found.items) > PAGE else None)
