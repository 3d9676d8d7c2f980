"""Alive, able to serve, and measured: asked by machines without a token, and telling nothing of any project."""

from anyio import CapacityLimiter
from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from api import metrics
from api.access import services_of
from api.deadline import soon
from api.problems import RETRY_SECONDS
from api.services import Services
from models.domain.spans import counted, span
from models.store.queries import operation

router = APIRouter(tags=["health"])
ANSWER_SECONDS = 2.5
"""Those who ask wait 3 s (docker-compose.yml)."""
METRICS = "text/plain; version=0.0.4; charset=utf-8"


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Whether the process is alive")
async def healthz() -> Response:
    return JSONResponse({"status": "alive"})


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", summary="Whether it is able to serve; names what is not")
async def readyz(request: Request) -> Response:
    services = services_of(request)
    faults = await soon(lambda: _faults(services), ANSWER_SECONDS, request.app.state.health_limiter)
    if faults is None:
        faults = [f"store or log did not answer within {ANSWER_SECONDS:g} s: see whether they are up"]
    appender = services.appender
    notes = [f"the log did not take what was sent: {appender.failure}"] if appender.failure else []
    if appender.spool is not None and appender.spool.size:
        notes.append(f"{appender.spool.size:,} bytes wait in the spool, the oldest for {span(appender.spool.age)}")
    if appender.spool is not None and appender.spool.unreadable:
        many = counted(appender.spool.unreadable, "segment")
        notes.append(f"{many} of the spool could not be read and will not be shipped: ask `seatrial doctor`")
    if appender.ended:
        faults = [*faults, "intake has stopped appending: look for `appender.` in the logs, and start the api anew"]
    if not appender.spooling:
        faults, notes = [*faults, *notes], []
    found = {"status": "not ready" if faults else "ready", "faults": faults, "notes": notes, "spool": _spool(services)}
    if not faults:
        return JSONResponse(found)
    return JSONResponse(found, 503, headers={"Retry-After": str(RETRY_SECONDS)})


@router.get("/metrics", summary="Prometheus")
async def prometheus(request: Request) -> Response:
    services = services_of(request)
    state = request.app.state
    text = await soon(lambda: metrics.text(services, state.answered), ANSWER_SECONDS, state.health_limiter)
    if text is None:
        return Response("# the store did not answer in time\n", 503, media_type=METRICS)
    return Response(text, media_type=METRICS)


def _spool(services: Services) -> dict[str, float] | None:
    """What waits on disk for the log; None where there is no spool."""
    spool = services.appender.spool
    return None if spool is None else {"bytes": spool.size, "age_seconds": spool.age / 1_000}


def limiter() -> CapacityLimiter:
    """Its own threads: a store or log that hangs must not take those of the calls."""
    return CapacityLimiter(2)


def _faults(services: Services) -> list[str]:
    try:
        with services.reading() as connection:
            operation.read_to(connection)
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        return [f"the store cannot be read ({reason}): check SEATRIAL_STORE, and that the database is up"]
    return list(services.faults())
