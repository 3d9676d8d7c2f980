"""Errors as problem details (RFC 9457), on every path and status of the API; a page's errors are pages."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5


class Problem(Exception):
    """An answer other than success. ``title`` says what, ``detail`` what to do next; ``place`` where in the body."""

    def __init__(self, status: int, title: str, detail: str, *, place: str | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.place = place


def response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.place is not None:
        body["place"] = problem.place
    return JSONResponse(
        body, problem.status, headers=dict(headers or headers_of(problem.status)), media_type=MEDIA_TYPE
    )


def of_status(status: int, request: Request) -> Problem:
    """The problem of an answer that the framework gives by itself."""
    path = request.url.path
    if status == HTTPStatus.NOT_FOUND:
        return Problem(status, "There is nothing at this address", f"{path} is unknown: see /api/v1/openapi.json")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return Problem(
            status, "This address does not take that method", f"{request.method} {path}: see /api/v1/openapi.json"
        )
    return Problem(status, HTTPStatus(status).phrase, "See /api/v1/openapi.json for what this address takes.")


def not_found(what: str, name: str, hint: str) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, f"There is no {what} {name!r}", hint)


def headers_of(status: int) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="seatrial"'}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(RETRY_SECONDS)}
    return {}
