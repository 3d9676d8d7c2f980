"""The addresses at which tools ask for a verdict. They answer 200 with JSON whatever is the matter with us.

Argo Rollouts aborts a rollout after five answers that are no 2xx, and promotes on a 2xx that is no JSON: so our own
outage is `hold`, and only who may not ask at all gets an error (gates.md, sections 0 and 2.1).
"""

from typing import Annotated, Any

import structlog
from anyio import CapacityLimiter
from fastapi import APIRouter, Query, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from api.access import access_of, services_of
from api.answers import answer
from api.deadline import soon
from api.gates import verdict
from api.problems import Problem, response
from api.services import Services

log = structlog.get_logger()
router = APIRouter(tags=["gates"])
ANSWER_SECONDS = 5.0
"""Argo Rollouts waits 10 s unless told otherwise."""
THREADS = 4
Release = Annotated[str, Query(min_length=1, max_length=200, description="The whole string, as in shop@1.4.2.")]
Environment = Annotated[str, Query(min_length=1, max_length=64)]


@router.get("/projects/{project}/gate", summary="The verdict on a release (gate.v1)")
async def gate(request: Request, project: str, release: Release, environment: Environment = "production") -> Response:
    return await _answer(request, project, release, environment)


@router.get("/projects/{project}/gates/argo", summary="The same, for a web metric of Argo Rollouts")
@router.api_route("/projects/{project}/gates/argo", methods=["POST", "PUT"], include_in_schema=False)
async def argo(request: Request, project: str, release: Release, environment: Environment = "production") -> Response:
    """``{"data": gate.v1}``; use ``jsonPath: "{$.data}"``."""
    return await _answer(request, project, release, environment, inside="data")


def limiter() -> CapacityLimiter:
    """Its own threads: slow pages must not keep a gate waiting."""
    return CapacityLimiter(THREADS)


async def _answer(
    request: Request, project: str, release: str, environment: str, inside: str | None = None
) -> Response:
    services = services_of(request)

    def ask() -> Response:
        document = _ask(request, services, project, release, environment)
        return answer({inside: document} if inside else document)

    try:
        found = await soon(ask, ANSWER_SECONDS, request.app.state.gate_limiter)
    except Problem as problem:
        return response(problem)
    except Exception as error:  # whatever it is, it is a fault of ours, and must roll nothing back
        log.exception("gate.degraded", project=project, release=release, error=type(error).__name__)
        found, reason = None, _reason(error)
    else:
        reason = f"The store did not answer within {ANSWER_SECONDS:g} s: check that the database is up."
        if found is None:
            log.error("gate.late", project=project, release=release, seconds=ANSWER_SECONDS)
    if found is not None:
        return found
    document = verdict.degraded(project, release, environment, reason, services.public_url)
    return answer({inside: document} if inside else document)


def _ask(request: Request, services: Services, project: str, release: str, environment: str) -> dict[str, Any]:
    access_of(request, project)
    with services.reading() as connection:
        return verdict.gate(connection, project, release, environment, services.clock.now(), services.public_url)


def _reason(error: Exception) -> str:
    if isinstance(error, SQLAlchemyError | OSError):
        return verdict.UNREADABLE
    return f"This is a fault of Seatrial ({type(error).__name__}): its log has the trace."
