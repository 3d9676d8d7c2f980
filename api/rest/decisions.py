"""The decision log, and how often it was right."""

from typing import Any

import msgspec
from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api import addresses, rows
from api.answers import answer, page, place_of
from api.gates.acting import of_decision
from api.problems import not_found
from api.rest.asking import PAGE, Asked, Cursor, Limit, OfProject, Release
from api.track_record import track_record
from models.domain.decision import Decision
from models.store.queries import actions, decisions

router = APIRouter(prefix="/projects/{project}", tags=["decisions"])


@router.get("/decisions", summary="Decisions, newest first, and the project's track record")
def list_decisions(
    asked: OfProject,
    release: Release = None,
    environment: Release = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """The track record is that of the whole project, whatever is listed."""
    before = place_of(cursor, int)
    with asked.services.reading() as connection:
        found = decisions.listed(
            connection, asked.project, release=release, environment=environment, before=before, limit=limit + 1
        )
        record = track_record(connection, asked.project)
    shown = page(found, limit, lambda one: one.number, lambda one: _row(asked, one))
    return answer(shown | {"track_record": record})


@router.get("/decisions/{decision}", summary="A decision with its frozen evidence")
def view(asked: OfProject, decision: str) -> Response:
    with asked.services.reading() as connection:
        found = decisions.view(connection, asked.project, decision)
        if found is None:
            raise not_found("decision", decision, "See the list of decisions.")
        return answer(_row(asked, found) | _frozen(connection, found))


def _row(asked: Asked, one: Decision) -> dict[str, Any]:
    url = asked.services.public_url
    links = {"self": addresses.call(url, asked.project, "decisions", one.decision)}
    return rows.decision_row(one, url) | {"links": links}


def _frozen(connection: Connection, found: Decision) -> dict[str, Any]:
    """``document``: gate.v1 as it was decided, with what came of its action by now.

    ``evidence``: what the engine was shown last, and its state's hash.
    """
    return {
        "deploy": found.deploy,
        "document": found.document | {"action": of_decision(connection, found)},
        "judgement": msgspec.to_builtins(found.judgement),
        "evidence": msgspec.to_builtins(found.evidence),
        "actions": [rows.action_row(one) for one in actions.of_decisions(connection, found.project, [found.decision])],
    }
