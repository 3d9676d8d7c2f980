"""The calls under ``/api/0`` that sentry-cli makes (sentry-protocol.md, 5.2), and a plain no to all others."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answers import answer
from api.problems import Problem
from api.sentry_cli import deploys, releases, repositories
from api.sentry_cli.asking import OfToken

router = APIRouter(include_in_schema=False)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@router.get("/")
def info(asked: OfToken) -> Response:
    """`sentry-cli info`: whether the token is known."""
    return answer({"version": "0", "auth": {"scopes": ["project:releases"]}, "user": None, "project": asked.project})


for part in (releases, deploys, repositories):
    router.include_router(part.router)


@router.api_route("/{rest:path}", methods=METHODS)
def unknown(request: Request, rest: str) -> Response:
    detail = (
        "Of sentry-cli's calls, those of `releases`, `deploys`, `repos list`, `info` and `send-event` are answered."
    )
    raise Problem(404, f"Seatrial does not do {request.method} /api/0/{rest}", detail)
