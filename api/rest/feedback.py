"""What users wrote, and what several of them said alike."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from api import addresses, rows
from api.answers import answer, page, place_of
from api.problems import not_found
from api.rest.asking import PAGE, PRODUCTION, Asked, Cursor, Environment, Limit, OfProject, Release
from api.rest.issues import issue_of
from models.store.queries import feedback, issue_names
from models.store.queries.feedback import Feedback, Place, Theme
from models.store.queries.feedback_joins import JoinedBy
from models.wire.times import to_text

router = APIRouter(prefix="/projects/{project}", tags=["feedback"])
QUOTES = 3
Name = Annotated[str | None, Query(min_length=1, max_length=200)]


@router.get("/feedback", summary="What users wrote, newest first")
def list_feedback(  # noqa: PLR0913, PLR0917 - what a list of feedback may be narrowed to
    asked: OfProject,
    environment: Environment = PRODUCTION,
    release: Release = None,
    issue: Name = None,
    theme: Name = None,
    joined_by: JoinedBy | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """``joined_by``: how its issue was found. By the event or the session that it names, or by its user's last error.

    ``characters`` were written, where the message is cut.
    """
    before = place_of(cursor, Place)
    with asked.services.reading() as connection:
        found = feedback.listed(
            connection,
            asked.project,
            environment,
            release,
            issue=issue_of(connection, asked, issue, environment).issue if issue else None,
            joined_by=joined_by,
            only=_members(connection, asked, environment, release, theme) if theme else None,
            before=before,
            limit=limit + 1,
        )
        named = issue_names.names(connection, asked.project, [one.issue for one in found if one.issue])
    return answer(page(found, limit, lambda one: one.place, lambda one: _row(asked, one, named)))


@router.get("/themes", summary="What at least three users said alike, counted")
def list_themes(asked: OfProject, environment: Environment = PRODUCTION, release: Release = None) -> Response:
    with asked.services.reading() as connection:
        found = feedback.themes(connection, asked.project, environment, release)
        return answer({"items": [_theme(connection, asked, environment, one) for one in found], "next": None})


def _members(connection: Connection, asked: Asked, environment: str, release: str | None, theme: str) -> Sequence[str]:
    for one in feedback.themes(connection, asked.project, environment, release):
        if one.theme == theme:
            return one.members
    raise not_found("theme", theme, "Themes change as feedback comes: see the list of themes.")


def _row(asked: Asked, one: Feedback, named: dict[str, str]) -> dict[str, Any]:
    issue = named.get(one.issue, one.issue) if one.issue else None
    of = {"environment": one.environment, "release": one.release}
    url = addresses.page(asked.services.public_url, asked.project, "issues", issue, **of) if issue else None
    return rows.feedback_row(one, issue, url)


def _theme(connection: Connection, asked: Asked, environment: str, one: Theme) -> dict[str, Any]:
    of = {"environment": environment, "release": one.release, "theme": one.theme}
    quotes = feedback.listed(connection, asked.project, environment, one.release, only=one.members, limit=QUOTES)
    return {
        "theme": one.theme,
        "name": one.name,
        "release": one.release,
        "environment": environment,
        "count": one.count,
        "quotes": [said.message for said in quotes],
        "updated_at": to_text(one.updated_at),
        "links": {"feedback": addresses.call(asked.services.public_url, asked.project, "feedback", **of)},
        "url": addresses.page(asked.services.public_url, asked.project, "feedback", **of),
    }
