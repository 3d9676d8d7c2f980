"""The issues of a release as the rows behind their counts: new ones first, over as many pages as it takes."""

from dataclasses import dataclass

from sqlalchemy import Connection

from api.answers import cursor_of, place_of
from models.store.queries import issues
from models.store.queries.issues import NEW, PAGE, SEEN, STATES, Issue, Place


@dataclass(frozen=True, slots=True)
class Rows:
    tab: str
    """``all`` or one of `models.store.queries.issues.STATES`."""
    items: tuple[Issue, ...]
    next: str | None
    """The cursor of the next page."""


def issue_rows(
    connection: Connection, project: str, environment: str, release: str, state: str | None, after: str | None
) -> Rows:
    tab = state if state in STATES else "all"
    first, place = place_of(after, tuple[str, Place]) or (NEW if tab == "all" else tab, None)
    wanted = (NEW, SEEN) if tab == "all" and first == NEW else (first,)
    found: list[Issue] = []
    for one in wanted:
        after_it = place if one == first else None
        room = PAGE + 1 - len(found)
        found += issues.listed(connection, project, environment, release, state=one, after=after_it, limit=room)
    kept = tuple(found[:PAGE])
    last = cursor_of((kept[-1].state, kept[-1].place)) if len(found) > PAGE else None
    return Rows(tab, kept, last)
