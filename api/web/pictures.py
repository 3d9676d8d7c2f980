"""A release's chart as a picture, in the theme and width of whoever looks."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from analytics.reports.charts import Mark, Point, Theme, health_svg
from analytics.reports.words import VERDICTS
from api.problems import not_found
from api.release_document import release_document
from api.web import shown
from api.web.rendering import HEADERS
from api.web.seen import as_seen
from api.web.shell import Look, Text
from models.wire.times import to_milliseconds

WIDE, NARROW = 1040, 320
router = APIRouter(include_in_schema=False)


@router.get("/projects/{project}/charts/{release:path}")
def picture(
    look: Look,
    release: str,
    theme: Literal["light", "dark"] = "light",
    width: Annotated[int, Query(ge=240, le=2000)] = WIDE,
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
    return Response(draw(document, theme, width), headers=HEADERS, media_type="image/svg+xml")


def draw(document: dict[str, Any], theme: Theme, width: int) -> str:
    """The series of ``report.v1``."""
    return health_svg(
        tuple(points(document)),
        tuple(marks(document)),
        release=document["release"],
        baseline=document["gate"]["baseline"]["release"],
        theme=theme,
        width=width,
        title=f"Health of {document['release']}",
        description=sentence(document),
    )


def points(document: dict[str, Any]) -> list[Point]:
    return [Point(_ms(one["at"]), one["value"], one["low"], one["high"], one["base"]) for one in document["series"]]


def marks(document: dict[str, Any]) -> list[Mark]:
    """Deploys and decisions, as they are told in the timeline."""
    verdicts = {one["decision"]: VERDICTS.get(one["verdict"], one["verdict"]) for one in document["decisions"]}
    found = []
    for step in document["timeline"]:
        if step["kind"] == "deploy":
            found.append(Mark(_ms(step["at"]), step["text"].rstrip(".").partition(" by ")[0]))
        elif step["kind"] == "decision":
            name = step["decision"]
            found.append(Mark(_ms(step["at"]), f"{verdicts.get(name, 'Decision')} {name}"))
    return found


def sentence(document: dict[str, Any]) -> str:
    """What a person would say who sees the chart."""
    drawn = [point for point in points(document) if point.value is not None]
    if not drawn:
        return f"Nothing is known of {document['release']} yet."
    last = drawn[-1]
    against = ""
    if last.base is not None:
        against = f", against {shown.percent(last.base)} on {document['gate']['baseline']['release'] or 'its baseline'}"
    return (
        f"Rate without harm on {document['release']} since its deploy: {shown.percent(last.value)}"
        f" (95 % interval {shown.interval(last.low, last.high)}){against}."
    )


def _ms(text: str) -> int:
    return to_milliseconds(text) or 0
