"""`sentry-cli deploys`: what it tells goes the way of every deploy, with the commits that its release was told with."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer
from api.intake.limits import MAX_RECORD_BYTES
from api.problems import Problem
from api.rest import submissions
from api.rest.asking import Asked
from api.sentry_cli import answers, bodies
from api.sentry_cli.asking import OfToken, check_projects
from api.sentry_cli.bodies import DeployTold
from api.sentry_cli.releases import RELEASE, view
from models.domain.commit import Commit
from models.store.queries import deploys, releases_told
from models.store.queries.deploys import Finished
from models.wire import fields
from models.wire.times import to_text

router = APIRouter()
BY = "sentry-cli"
MOST_BYTES = MAX_RECORD_BYTES // 2
"""Of one deploy's commits, the newest first: half of what the log takes at once. The release keeps all of them."""


@router.get(RELEASE + "deploys/")
def list_deploys(asked: OfToken, version: str) -> Response:
    view(asked, version)
    with asked.services.reading() as connection:
        return answer([answers.deploy(one) for one in deploys.finished(connection, asked.project, version)])


@router.post(RELEASE + "deploys/")
async def new(request: Request, asked: OfToken, version: str) -> Response:
    """201, and 208 for the same deploy told again: the same release, environment and time."""
    told = await bodies.read(request, DeployTold)
    check_projects(asked, told.projects or ())
    await run_in_threadpool(view, asked, version)
    environment = fields.environment(told.environment)
    if environment is None:
        detail = "Name it in at most 64 characters without slashes."
        raise Problem(400, f"{told.environment!r} is no environment", detail)
    at = bodies.time(told.date_finished, "dateFinished")
    at = asked.services.clock.now() if at is None else at
    known = await run_in_threadpool(_known, asked, version, environment, at)
    if known is not None:
        return answer(answers.deploy(known), 208)
    value = {"release": version, "environment": environment, "name": told.name, "url": told.url, "at": to_text(at)}
    commits = await run_in_threadpool(_commits, asked, version)
    identifier = await submissions.take_one(asked, "deploys", value | {"by": BY, "commits": commits})
    return answer(answers.deploy(Finished(identifier, environment, told.name, told.url, at)), 201)


def _known(asked: Asked, version: str, environment: str, at: int) -> Finished | None:
    with asked.services.reading() as connection:
        for one in deploys.finished(connection, asked.project, version):
            if (one.environment, one.finished_at) == (environment, at):
                return one
    return None


def _commits(asked: Asked, version: str) -> list[dict[str, Any]]:
    with asked.services.reading() as connection:
        told = releases_told.commits(connection, asked.project, version)
    left, found = MOST_BYTES, []
    for one in told:
        value = _commit(one)
        left -= len(msgspec.json.encode(value))
        if left < 0:
            break
        found.append(value)
    return found


def _commit(one: Commit) -> dict[str, Any]:
    told = {"id": one.id, "message": one.message, "author": one.author, "files": one.files}
    return told if one.at is None else told | {"at": to_text(one.at)}
