"""The decision log, each decision with what it saw, and the form in which people say whether it was right."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.answers import BIGGEST
from api.gates.acting import of_decision
from api.problems import not_found
from api.rest.asking import OfProject
from api.track_record import track_record
from api.web import labelling, rendering
from api.web.labelling import Said
from api.web.release_page import reason_names
from api.web.shell import Look, Looking, Text
from models.domain.decision import Decision
from models.store.queries import actions, decisions
from models.store.queries.decisions import PAGE

router = APIRouter(include_in_schema=False)
NOTHING_SAID = Said("", "", "")


@router.get("/projects/{project}/decisions")
def decision_list(
    look: Look, release: Text = None, after: Annotated[int | None, Query(ge=1, le=BIGGEST)] = None
) -> Response:
    with look.services.reading() as connection:
        around = look.shell(connection)
        of = {"release": release or None, "environment": look.environment}
        found = decisions.listed(connection, look.project, **of, before=after, limit=PAGE + 1)
        record = track_record(connection, look.project)
    return rendering.page(
        "decisions.html",
        shell=around,
        release=release or None,
        items=found[:PAGE],
        next=found[PAGE - 1].number if len(found) > PAGE else None,
        record=record,
    )


@router.get("/projects/{project}/decisions/{name}")
def decision_page(look: Look, name: str, said: Text = None) -> Response:
    with look.services.reading() as connection:
        return _page(look, connection, _decision(connection, look.project, name), thanks=said is not None)


@router.post("/projects/{project}/decisions/{name}")
async def label(
    request: Request, look: Look, asked: OfProject, name: str, said: Annotated[Said, Depends(labelling.said)]
) -> Response:
    """Says it to the log, as the API does; then back to the page, by a GET."""
    if refused := await run_in_threadpool(_refused, look, name, said):
        return refused
    await labelling.append(request, asked, name, said)
    return RedirectResponse(rendering.link(look.project, "decisions", name, said="1", fragment="#label"), 303)


def _refused(look: Looking, name: str, said: Said) -> Response | None:
    """The page again, where something is missing; None if all is well. Raises `Problem` (404)."""
    with look.services.reading() as connection:
        found = _decision(connection, look.project, name)
        wrong = said.wrong()
        return _page(look, connection, found, status=422, said=said, wrong=wrong) if wrong else None


def _page(look: Looking, connection: Connection, found: Decision, status: int = 200, **told: Any) -> Response:
    form = {"thanks": False, "said": NOTHING_SAID, "wrong": {}} | told
    return rendering.page(
        "decision.html",
        status,
        shell=replace(look, environment=found.environment).shell(connection),
        decision=found,
        gate=found.document | {"action": of_decision(connection, found)},
        names=reason_names(connection, found.project, found.document),
        actions=actions.of_decisions(connection, found.project, [found.decision]),
        record=track_record(connection, found.project),
        **form,
    )


def _decision(connection: Connection, project: str, name: str) -> Decision:
    found = decisions.view(connection, project, name)
    if found is None:
        raise not_found("decision", name, f"See the decisions of {project}.")
    return found
