"""The releases of an environment, so that one sees at once which of them needs one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import cursor_of, place_of
from api.gates.standing import standings
from api.gates.verdict import gates
from api.issues import states
from api.issues.listing import count_states
from api.latest import latest
from api.release_health import adoption_of, unhandled_free
from api.web import rendering
from api.web.shell import Cursor, Look
from models.store.queries import releases
from models.store.queries.releases import PAGE, Release

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Row:
    release: Release
    gate: dict[str, Any]
    unhandled_free: dict[str, Any]
    adoption: dict[str, Any]
    watched: bool
    issues: Mapping[str, int]
    """By state, and all of them."""


@router.get("/projects/{project}/releases")
def release_list(
    look: Look,
    after: Cursor = None,
) -> Response:
    with look.services.reading() as connection:
        around = look.shell(connection)
        before = place_of(after, tuple[int, str])
        found = releases.listed(connection, look.project, look.environment, before=before, limit=PAGE + 1)
        names = [one.release for one in found[:PAGE]]
        judged = standings(connection, look.project, look.environment, names)
        said = gates(connection, look.project, look.environment, judged, around.now, "")
        adopted = adoption_of(connection, look.project, look.environment, names, around.now)
        within = states.of_releases(connection, look.project, look.environment, names)
        newest = latest(connection, look.project, look.environment, around.now)
    rows = [
        Row(
            release=one,
            gate=said[one.release],
            unhandled_free=unhandled_free(one.sessions),
            adoption=adopted[one.release],
            watched=judged[one.release].evaluation is not None,
            issues=count_states(within[one.release]),
        )
        for one in found[:PAGE]
    ]
    degraded = next((row.gate["degraded"] for row in rows if row.gate["degraded"]), around.degraded)
    more = cursor_of(found[PAGE - 1].place) if len(found) > PAGE else None
    return rendering.page(
        "releases.html",
        shell=replace(around, degraded=degraded),
        rows=rows,
        next=more,
        first=before is None,
        newest=newest,
    )
