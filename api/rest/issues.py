"""Issues: the causes behind the errors."""

from typing import Any, Literal

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api import addresses, rows
from api.answers import answer, page, place_of
from api.problems import not_found
from api.rest.asking import PAGE, PRODUCTION, Asked, Cursor, Environment, Limit, OfProject, Release
from models.store.queries import events, issues
from models.store.queries.issues import Issue, Place

router = APIRouter(prefix="/projects/{project}", tags=["issues"])


@router.get("/issues", summary="Issues, those that hurt most users first")
def list_issues(
    asked: OfProject,
    environment: Environment = PRODUCTION,
    release: Release = None,
    state: Literal["new_here", "seen_before"] | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """``state`` tells something only of a ``release``."""
    after = place_of(cursor, Place)
    with asked.services.reading() as connection:
        found = issues.listed(
            connection,
            asked.project,
            environment,
            release,
            state=state if release else None,
            after=after,
            limit=limit + 1,
        )
        called = _call_of(asked, environment, release)
        return answer(page(found, limit, lambda one: one.place, called))


@router.get("/issues/{issue}", summary="One issue, by its id or its name")
def view(asked: OfProject, issue: str, environment: Environment = PRODUCTION, release: Release = None) -> Response:
    with asked.services.reading() as connection:
        found = issue_of(connection, asked, issue, environment, release)
        return answer(_call_of(asked, environment, release)(found) | _beside(connection, asked, found, environment))


def issue_of(connection: Connection, asked: Asked, name: str, environment: str, release: str | None = None) -> Issue:
    """Raises `Problem` (404)."""
    found = issues.view(connection, asked.project, environment, name, release)
    if found is None:
        where = f"{release} in {environment}" if release else environment
        raise not_found("issue", name, f"None such was seen in {where}: see the list of issues.")
    return found


def _call_of(asked: Asked, environment: str, release: str | None):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a row's maker, for `page`
    def row(one: Issue) -> dict[str, Any]:
        name = one.name or one.issue
        of = {"environment": environment, "release": release}
        url = addresses.page(asked.services.public_url, asked.project, "issues", name, **of)
        return rows.issue_row(one, url) | {"links": {"feedback": _call(asked, "feedback", **of, issue=one.issue)}}

    return row


def _beside(connection: Connection, asked: Asked, found: Issue, environment: str) -> dict[str, Any]:
    sample = events.sample_of(connection, asked.project, found.issue)
    releases = [
        {
            "release": one.release,
            "users": one.users,
            "events": one.events,
            "first_seen": rows.minute_start(one.first_minute),
            "last_seen": rows.minute_start(one.last_minute),
        }
        for one in issues.by_release(connection, asked.project, environment, found.issue)
    ]
    return {
        "environment": environment,
        "releases": releases,
        "sample": {"event_id": sample[0], "event": sample[1]} if sample else None,
        "why_url": _call(asked, "issues", found.issue, "why"),
    }


def _call(asked: Asked, *path: str, **query: str | None) -> str:
    return addresses.call(asked.services.public_url, asked.project, *path, **query)
