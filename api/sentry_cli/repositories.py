"""The repositories that references may name: only of these sentry-cli sends ``--commit REPOSITORY@RANGE`` as it is."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer, place_of
from api.sentry_cli import answers, bodies
from api.sentry_cli.asking import OfToken
from api.sentry_cli.bodies import RepositoryTold
from api.sentry_cli.telling import write
from models.store.queries import release_telling, releases_told

router = APIRouter()
REPOSITORIES = "/organizations/{organization}/repos/"
Cursor = Annotated[str | None, Query(max_length=1_000)]


@router.get(REPOSITORIES)
def list_repositories(request: Request, asked: OfToken, cursor: Cursor = None) -> Response:
    after = place_of(cursor, str) or ""
    limit = releases_told.PAGE
    with asked.services.reading() as connection:
        found = releases_told.repositories(connection, asked.project, after=after, limit=limit + 1)
    return answers.page(request, found, limit, lambda one: one[0], lambda one: answers.repository(*one))


@router.post(REPOSITORIES)
async def add(request: Request, asked: OfToken) -> Response:
    """Once a repository is here, sentry-cli sends references to it in place of commits, with ``--auto`` too."""
    told = await bodies.read(request, RepositoryTold)

    def work() -> bool:
        return write(asked, lambda connection, by: release_telling.add_repository(connection, by, told.name, told.url))

    is_new = await run_in_threadpool(work)
    return answer(answers.repository(told.name, told.url, asked.services.clock.now()), 201 if is_new else 208)
