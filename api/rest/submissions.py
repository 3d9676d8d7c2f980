"""Deploys, feedback and outcomes by HTTP: 202 once the log or its spool has them; all of an array, or none of it."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer
from api.intake.keys import ProjectKeys
from api.intake.kinds.context import Context
from api.intake.kinds.items import Taken
from api.intake.refusal import Refusal
from api.problems import Problem
from api.rest import bodies, messages
from api.rest.asking import PRODUCTION, Asked, OfProject
from api.rest.bodies import Part
from api.rest.messages import Kind, Submitted
from api.rest.schemas import body_of
from models.domain.ledger import Fate
from models.ports import NewRecord
from models.store.queries import decisions, project_settings

router = APIRouter(prefix="/projects/{project}", tags=["messages"])


@router.post("/deploys", status_code=202, summary="Tell of a deploy", openapi_extra=body_of("deploy"))
async def deploys(request: Request, asked: OfProject) -> Response:
    """Ours, or a CDEvent (``dev.cdevents.service.*``) or GitHub's ``deployment_status`` as it is."""
    return await _take(request, asked, messages.KINDS["deploys"])


@router.post("/feedback", status_code=202, summary="What a user wrote", openapi_extra=body_of("feedback"))
async def feedback(request: Request, asked: OfProject) -> Response:
    """``user`` is kept as a hash only."""
    return await _take(request, asked, messages.KINDS["feedback"])


@router.post(
    "/outcomes",
    status_code=202,
    summary="Say whether a decision was right",
    openapi_extra=body_of("outcome"),
)
async def outcomes(request: Request, asked: OfProject) -> Response:
    """Of a ``decision``, or of the last one on a ``release``."""
    return await _take(request, asked, messages.KINDS["outcomes"])


async def _take(request: Request, asked: Asked, kind: Kind) -> Response:
    found: list[Part] = []
    try:
        body = await bodies.read(request)
        found, many = bodies.parts(request.headers.get("content-type", ""), body)
        submitted = await run_in_threadpool(_understand, found, asked, kind, request)
        records = [messages.to_record(one, kind, asked.services.clock.now()) for one in submitted]
    except (Problem, Refusal):
        # Nothing of a refused array is kept: each of its messages is invalid, for it came and is not stored.
        asked.services.intake.tally.settled(asked.project, kind.category, Fate.INVALID, max(1, len(found)))
        raise
    await _keep(asked, kind, records)
    ids = [one.identifier for one in submitted]
    return answer({"ids": ids} if many else {"id": ids[0]}, 202)


async def take_one(asked: Asked, name: str, value: dict[str, Any]) -> str:
    """Take what another way of ours was told, as one message of a kind; its id."""
    kind, context = messages.KINDS[name], await run_in_threadpool(_context, asked, None)
    submitted = messages.read(Part(value, "", "$"), kind, context)
    await _keep(asked, kind, [messages.to_record(submitted, kind, context.received_at)])
    return submitted.identifier


async def _keep(asked: Asked, kind: Kind, records: Sequence[NewRecord]) -> None:
    await asked.services.intake.keep(asked.project, [Taken(kind.category, record) for record in records])


def _context(asked: Asked, address: str | None) -> Context:
    with asked.services.reading() as connection:
        settings = project_settings.current(connection, asked.project)
    keys = ProjectKeys(asked.project, frozenset(), asked.identity_key, settings)
    return Context(keys, address, asked.services.clock.now())


def _understand(found: Sequence[Part], asked: Asked, kind: Kind, request: Request) -> list[Submitted]:
    context = _context(asked, request.client.host if request.client else None)
    submitted = [messages.read(part, kind, context) for part in found]
    return _of_decisions(submitted, asked) if kind is messages.KINDS["outcomes"] else submitted


def _of_decisions(submitted: Sequence[Submitted], asked: Asked) -> list[Submitted]:
    """Each outcome with the decision it is of, as it stands now; raises `Problem` (404) where there is none."""
    with asked.services.reading() as connection:
        found = []
        for one in submitted:
            value = {"by": asked.by} | one.value
            name = value.get("decision") or _newest(connection, asked.project, value, one.place)
            if decisions.view(connection, asked.project, name) is None:
                detail = f"{asked.project} has no such decision: see /api/v1/projects/{asked.project}/decisions"
                raise Problem(404, f"There is no decision {name!r}", detail, place=f"{one.place}.decision")
            found.append(Submitted(one.identifier, value | {"decision": name}, one.place))
        return found


def _newest(connection: Connection, project: str, value: dict[str, Any], place: str) -> str:
    environment = value.get("environment", PRODUCTION)
    taken = decisions.listed(connection, project, release=value["release"], environment=environment, limit=1)
    if not taken:
        title = f"No decision was taken on {value['release']!r} in {environment!r}"
        raise Problem(404, title, "Name a decision by its id, or check the release.", place=f"{place}.release")
    return taken[0].decision
