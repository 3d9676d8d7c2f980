"""A release's chart as a picture, in the theme and width of whoever looks."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from analytics.reports import drawing
from api.problems import not_found
from api.release_document import release_document
from api.web.rendering import HEADERS
from api.web.seen import as_seen
from api.web.shell import Look, Text

router = APIRouter(include_in_schema=False)


@router.get("/projects/{project}/charts/{release:path}")
def picture(
    look: Look,
    release: str,
    theme: Literal["light", "dark"] = "light",
    width: Annotated[int, Query(ge=240, le=2000)] = drawing.WIDE,
    at: Text = None,
) -> Response:
    """``at``: as the decision of this name saw it."""
    with look.services.reading() as connection:
        around = look.shell(connection)
        document = release_document(connection, look.project, look.environment, release, around.now, "")
        if document is None:
            raise not_found("release", release, f"See the releases of {look.environment}.")
        if at:
            _, document = as_seen(connection, around, document, at)
    drawn = drawing.draw(document, theme, width)
    if drawn is None:
        raise not_found("chart of", release, "No minute of it was judged with a known rate yet.")
    return Response(drawn, headers=HEADERS, media_type="image/svg+xml")
