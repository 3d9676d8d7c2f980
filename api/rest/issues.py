"""Issues: the causes behind the errors, and what became of each."""

from collections.abc import Callable
from typing import Any, Literal

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from analytics.correlation.crashes import Explained
from analytics.correlation.issue_states import IssueState
from analytics.correlation.resolutions import Status
from api import addresses
from api.answers import answer, page, place_of
from api.crashed import crashed_by_issue
from api.issues import listing
from api.issues.details import Details, details_of
from api.issues.listing import Listed, Place
from api.issues.rows import command_row, issue_row, listed_row, standing_row, suspect_row, worse_row
from api.problems import Problem, not_found
from api.rest.asking import PAGE, PRODUCTION, Asked, Cursor, Environment, Limit, OfProject, Release
from api.rows import minute_start
from models.store.queries import issues
from models.store.queries.issues import Issue

router = APIRouter(prefix="/projects/{project}", tags=["issues"])
State = Literal["new_here", "came_back", "getting_worse", "seen_before", "fixed_here"]


@router.get("/issues", summary="Issues, those that need someone first")
def list_issues(
    asked: OfProject,
    environment: Environment = PRODUCTION,
    release: Release = None,
    state: State | None = None,
    status: Literal["open", "muted", "resolved"] | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Of a ``release`` by their ``state`` in it, else by their ``status``; then those that hurt most users first.

    Of a release, ``crashed_sessions`` of all its issues and ``crashed.unexplained`` add up to ``crashed.total``.
    """
    if status and release:
        raise Problem(
            422, "A status is of an environment", "Ask for the `state` of a release's issues.", place="status"
        )
    if state and not release:
        raise Problem(422, "A state is of a release", "Name the `release`, or ask for the `status`.", place="state")
    after = place_of(cursor, Place)
    of = (asked.project, environment)
    with asked.services.reading() as connection:
        if release:
            wanted = IssueState(state) if state else None
            found = listing.of_release(connection, *of, release, state=wanted, after=after, limit=limit + 1)
            crashed = crashed_by_issue(connection, *of, release)
        else:
            told = Status(status) if status else None
            found = listing.of_environment(connection, *of, status=told, after=after, limit=limit + 1)
            crashed = None
    shown = page(found.items, limit, lambda one: one.place, _row_of(asked, environment, release, crashed))
    told_of = {"total": crashed.total, "unexplained": crashed.unexplained} if crashed else None
    return answer(shown | {"counts": found.counts, "crashed": told_of})


@router.get("/issues/{issue}", summary="One issue, by its id or its name")
def view(asked: OfProject, issue: str, environment: Environment = PRODUCTION, release: Release = None) -> Response:
    """Of one that was merged, the survivor; then ``merged_into`` is not null, but says which one that is."""
    now = asked.services.clock.now()
    with asked.services.reading() as connection:
        found = details_of(connection, asked.project, environment, issue, release, now)
    if found is None:
        raise _not_seen(issue, environment, release)
    return answer(_details(asked, found))


def issue_of(connection: Connection, asked: Asked, name: str, environment: str, release: str | None = None) -> Issue:
    """Raises `Problem` (404)."""
    found = issues.view(connection, asked.project, environment, name, release)
    if found is None:
        raise _not_seen(name, environment, release)
    return found


def _not_seen(name: str, environment: str, release: str | None) -> Problem:
    where = f"{release} in {environment}" if release else environment
    return not_found("issue", name, f"None such was seen in {where}: see the list of issues.")


def _row_of(
    asked: Asked, environment: str, release: str | None, crashed: Explained | None
) -> Callable[[Listed], dict[str, Any]]:
    def row(one: Listed) -> dict[str, Any]:
        sessions = crashed.by_issue.get(one.issue.issue, 0) if crashed else None
        shown = listed_row(one, _page(asked, one.issue, environment, release)) | {"crashed_sessions": sessions}
        return shown | _links(asked, one.issue, environment, release)

    return row


def _details(asked: Asked, found: Details) -> dict[str, Any]:
    one, environment, release = found.issue, found.environment, found.release
    brought = found.brought
    return (
        issue_row(one, _page(asked, one, environment, release))
        | _links(asked, one, environment, release)
        | standing_row(found.standing)
        | {
            "merged_into": one.issue if found.merged_from else None,
            "state": found.state.value if found.state else None,
            "compared": worse_row(found.compared) if found.compared else None,
            "environment": environment,
            "newest_release": {"release": found.newest.release, "by": found.newest.by.value} if found.newest else None,
            "releases": [
                {
                    "release": each.release,
                    "users": each.users,
                    "events": each.events,
                    "first_seen": minute_start(each.first_minute),
                    "last_seen": minute_start(each.last_minute),
                }
                for each in found.per_release
            ],
            "environments": [
                {
                    "environment": each.environment,
                    "first_seen": minute_start(each.first_minute),
                    "last_seen": minute_start(each.last_minute),
                }
                for each in found.per_environment
            ],
            "suspects": [suspect_row(each) for each in brought.suspects] if brought else [],
            "commits": {
                "release": brought.release,
                "since": brought.baseline,
                "count": brought.commits,
                "files_left_out": brought.files_left_out,
            }
            if brought
            else None,
            "commands": [command_row(each) for each in found.commands],
            "sample": {"event_id": found.sample[0], "event": found.sample[1]} if found.sample else None,
            "why_url": _call(asked, "issues", one.issue, "why"),
        }
    )


def _links(asked: Asked, one: Issue, environment: str, release: str | None) -> dict[str, Any]:
    return {"links": {"feedback": _call(asked, "feedback", environment=environment, release=release, issue=one.issue)}}


def _page(asked: Asked, one: Issue, environment: str, release: str | None) -> str:
    of = {"environment": environment, "release": release}
    return addresses.page(asked.services.public_url, asked.project, "issues", one.name or one.issue, **of)


def _call(asked: Asked, *path: str, **query: str | None) -> str:
    return addresses.call(asked.services.public_url, asked.project, *path, **query)
