"""One issue: who is hit, since which release, whether it still happens, and why these events are one issue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from analytics.grouping import v1
from api import grouping
from api.problems import not_found
from api.web import rendering
from api.web.shell import Look, Text
from models.store.queries import events, feedback, issues
from models.wire.canonical.logentry import said

QUOTES = 5
FRAMES = 50
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Frame:
    place: str
    function: str
    in_app: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    event_id: str
    kind: str
    message: str
    frames: tuple[Frame, ...]
    """The one that failed first."""


@router.get("/projects/{project}/issues/{name}")
def issue_page(
    look: Look,
    name: str,
    release: Text = None,
) -> Response:
    with look.services.reading() as connection:
        around = look.shell(connection)
        found = issues.view(connection, look.project, look.environment, name, release)
        if found is None:
            where = f"on {release} in {look.environment}" if release else f"in {look.environment}"
            raise not_found("issue", name, f"None of that name was seen {where}.")
        per_release = issues.by_release(connection, look.project, look.environment, found.issue)
        kept = events.sample_of(connection, look.project, found.issue, release)
        said = feedback.listed(connection, look.project, look.environment, release, issue=found.issue, limit=QUOTES)
        written = feedback.count(connection, look.project, look.environment, release, found.issue)
        why = grouping.why(connection, look.project, found.issue)
        new_in = issues.first_releases(connection, look.project, look.environment, found.issue)
    return rendering.page(
        "issue.html",
        shell=around,
        issue=found,
        release=release,
        per_release=per_release,
        most=max((one.events for one in per_release), default=0),
        new_in=new_in,
        sample=sample_of(*kept) if kept else None,
        said=said,
        written=written,
        why=why,
    )


def sample_of(event_id: str, event: Mapping[str, Any]) -> Sample:
    """What a page shows of a stored event of any shape."""
    exception = v1.raised(event)
    message = _text((exception or {}).get("value")) or said(event)
    stack = [_frame(frame) for frame in reversed(v1.frames(exception) or v1.frames(event))]
    return Sample(event_id, _text((exception or {}).get("type")), message, tuple(stack[:FRAMES]))


def _frame(frame: Mapping[str, Any]) -> Frame:
    file = _text(frame.get("filename")) or _text(frame.get("abs_path")) or _text(frame.get("module")) or "?"
    line = frame.get("lineno")
    place = f"{file}:{line}" if isinstance(line, int) else file
    source = _text(frame.get("context_line"))
    return Frame(place, _text(frame.get("function")) or "?", frame.get("in_app") is True, source.rstrip() or None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
