"""Releases and their commits in Sentry's shape, and lists with Sentry's cursors."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api import addresses
from api.answers import answer, cursor_of
from api.problems import Problem, headers_of
from api.rest.asking import Asked
from models.domain.commit import Commit
from models.store.queries.deploys import Finished
from models.store.queries.release_overviews import Overview
from models.wire.times import to_text

ROOT = "/api/0"
Item = TypeVar("Item")


def refused(problem: Problem) -> Response:
    """Sentry says what is wrong in ``detail`` alone, which sentry-cli prints."""
    body = {"detail": f"{problem.title}. {problem.detail}"}
    return JSONResponse(body, problem.status, headers=headers_of(problem.status))


def page(
    request: Request, items: Sequence[Item], limit: int, place: Callable[[Item], object], shown: Callable[[Item], Any]
) -> Response:
    """A list with the cursor of its next page in ``Link``. ``items`` may be one longer than ``limit``."""
    more = len(items) > limit
    kept = items[:limit]
    cursor = cursor_of(place(kept[-1])) if more else ""
    found = answer([shown(item) for item in kept])
    next_page = request.url.include_query_params(cursor=cursor)
    found.headers["Link"] = f'<{next_page}>; rel="next"; results="{str(more).lower()}"; cursor="{cursor}"'
    return found


def release(asked: Asked, one: Overview) -> dict[str, Any]:
    return {
        "version": one.release,
        "shortVersion": one.release,
        "status": "open",
        "ref": None,
        "url": one.url,
        "dateCreated": to_text(one.created_at),
        "dateStarted": _text(one.started_at),
        "dateReleased": _text(one.released_at),
        "firstEvent": _text(one.first_event),
        "lastEvent": _text(one.last_event),
        "newGroups": one.new_issues,
        "commitCount": one.commits,
        "lastCommit": {"id": one.last_commit} if one.last_commit else None,
        "deployCount": one.deploys,
        "projects": [{"slug": asked.project, "name": asked.project}],
        "page": addresses.page(asked.services.public_url, asked.project, "releases", one.release),
    }


def commit(one: Commit) -> dict[str, Any]:
    return {
        "id": one.id,
        "message": one.message,
        "dateCreated": _text(one.at),
        "author": {"name": one.author} if one.author else None,
        "repository": {"name": one.repository} if one.repository else None,
    }


def deploy(one: Finished) -> dict[str, Any]:
    return {
        "id": one.fact,
        "environment": one.environment,
        "name": one.name,
        "url": one.url,
        "dateStarted": None,
        "dateFinished": to_text(one.finished_at),
    }


def repository(name: str, url: str | None, created_at: int) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "url": url,
        "provider": {"id": "unknown", "name": "Unknown"},
        "status": "active",
        "dateCreated": to_text(created_at),
    }


def _text(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else to_text(milliseconds)
