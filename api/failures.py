"""How each way of failing becomes an answer: problem details for tools, a page for people; never a bare text."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.intake.refusal import Refusal
from api.problems import Problem, of_status, response
from api.sentry_cli import answers as sentry_cli
from api.surroundings import add_headers, area
from api.web import problems as pages
from models.ports import LogUnavailable

log = structlog.get_logger()
FOR_TOOLS = ("/api/", "/healthz", "/readyz", "/metrics")


def handle(app: FastAPI) -> None:
    """Every failure of the application gets its answer here."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _status)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SQLAlchemyError, _no_store)
    app.add_exception_handler(LogUnavailable, _no_log)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(Exception, _own_fault)


def for_tools(path: str) -> bool:
    """Whether an address is asked by programs, who get JSON, rather than by people."""
    return path.startswith(FOR_TOOLS) or path.rstrip("/") == "/api"


def _told(request: Request, problem: Problem) -> Response:
    if request.url.path.startswith(f"{sentry_cli.ROOT}/"):
        return sentry_cli.refused(problem)
    return response(problem) if for_tools(request.url.path) else pages.page(problem, request)


def _problem(request: Request, error: Any) -> Response:
    return _told(request, error)


def _status(request: Request, error: Any) -> Response:
    found = _told(request, of_status(error.status_code, request))
    for name, value in (error.headers or {}).items():
        found.headers[name] = value
    return found


def _invalid(request: Request, error: Any) -> Response:
    """Of several faults, the first; its place as in ``query.limit``."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return _told(request, Problem(422, f"{place} is not valid", f"{first['msg']}.", place=place))


def _no_store(request: Request, error: Any) -> Response:
    reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
    log.error("store.failed", path=request.url.path, reason=reason, exc_info=error)
    detail = "Try again in a moment. If it stays so: check that the database is up, and run `seatrial doctor`."
    return _told(request, Problem(HTTPStatus.SERVICE_UNAVAILABLE, "The store cannot be used", detail))


def _no_log(request: Request, error: Any) -> Response:
    detail = f"Nothing was kept, so send it again in a moment. {error}"
    return _told(request, Problem(HTTPStatus.SERVICE_UNAVAILABLE, "The log did not take it", detail))


def _refused(request: Request, error: Any) -> Response:
    """A body that there was no room for; intake answers for itself."""
    found = _told(request, Problem(error.status, error.detail.capitalize(), f"{'; '.join(error.causes)}.".capitalize()))
    found.headers.update(error.headers)
    return found


def _own_fault(request: Request, error: Any) -> Response:
    # Starlette raises it again after the answer, and the server logs it: that is how it is reported.
    kind = type(error).__name__
    detail = f"This is a fault of Seatrial ({kind}); its log has the trace. Nothing was decided because of it."
    found = _told(request, Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Seatrial failed at this", detail))
    # This answer alone is given outside of `Surroundings`.
    part = area(request.url.path)
    add_headers(found.headers, part)
    request.app.state.answered[part, "5xx"] += 1
    return found
