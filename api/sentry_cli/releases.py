"""`sentry-cli releases`: new, set-commits, finalize, list, info, delete."""

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer, place_of
from api.problems import Problem, not_found
from api.rest.asking import Asked
from api.sentry_cli import answers, bodies
from api.sentry_cli.asking import OfNamed, OfToken, check_projects
from api.sentry_cli.bodies import ReleaseTold
from api.sentry_cli.telling import write
from models.store.queries import project_settings, release_overviews, release_telling, releases_told
from models.store.queries.release_overviews import Overview, Place
from models.store.queries.release_telling import Teller
from models.wire.scrubbing.scrubber import Scrubber, scrubber

router = APIRouter()
Cursor = Annotated[str | None, Query(max_length=1_000)]
PerPage = Annotated[int, Query(ge=1, le=release_overviews.PAGE)]
RELEASES = "/organizations/{organization}/releases/"
RELEASE = RELEASES + "{version}/"


@router.get(RELEASES)
def list_releases(
    request: Request, asked: OfToken, cursor: Cursor = None, per_page: PerPage = release_overviews.PAGE
) -> Response:
    before = place_of(cursor, Place)
    with asked.services.reading() as connection:
        found = release_overviews.listed(connection, asked.project, before=before, limit=per_page + 1)
    return answers.page(request, found, per_page, lambda one: one.place, lambda one: answers.release(asked, one))


@router.get("/projects/{organization}/{project}/releases/")
def list_of_project(
    request: Request, asked: OfNamed, cursor: Cursor = None, per_page: PerPage = release_overviews.PAGE
) -> Response:
    return list_releases(request, asked, cursor, per_page)


@router.post(RELEASES)
async def new(request: Request, asked: OfToken) -> Response:
    """201, and 208 if it was told of before: sentry-cli tells of a release again and again."""
    told = await bodies.read(request, ReleaseTold)
    version = bodies.version(told.version)
    check_projects(asked, told.projects or ())
    is_new = await run_in_threadpool(_tell, asked, version, told)
    return answer(await run_in_threadpool(_shown, asked, version), 201 if is_new else 208)


@router.put(RELEASE)
async def change(request: Request, asked: OfToken, version: str) -> Response:
    """Its commits, its references, when it was released: what the body has."""
    told = await bodies.read(request, ReleaseTold)
    check_projects(asked, told.projects or ())
    await run_in_threadpool(view, asked, version)
    await run_in_threadpool(_tell, asked, version, told)
    return answer(await run_in_threadpool(_shown, asked, version))


@router.get(RELEASE)
def info(asked: OfToken, version: str) -> Response:
    return answer(_shown(asked, version))


@router.delete(RELEASE)
def delete(asked: OfToken, version: str) -> Response:
    """What was told is forgotten and the release listed no more; what was measured of it stays (docs/adr/0025)."""
    view(asked, version)
    write(asked, lambda connection, teller: release_telling.forget(connection, teller, version))
    return Response(status_code=204)


@router.get(RELEASE + "commits/")
def commits(asked: OfToken, version: str) -> Response:
    view(asked, version)
    with asked.services.reading() as connection:
        return answer([answers.commit(one) for one in releases_told.commits(connection, asked.project, version)])


@router.get(RELEASE + "previous-with-commits/")
def previous_with_commits(asked: OfToken, version: str) -> Response:
    """``{}`` if there is none. sentry-cli looks for this release's last commit, and sends what came after it."""
    with asked.services.reading() as connection:
        found = releases_told.before_with_commits(connection, asked.project, version)
        shown = release_overviews.view(connection, asked.project, found) if found else None
    return answer(answers.release(asked, shown) if shown else {})


def view(asked: Asked, version: str) -> Overview:
    """Raises `Problem` (404)."""
    with asked.services.reading() as connection:
        found = release_overviews.view(connection, asked.project, version)
    if found is None:
        raise not_found("release", version, "Tell of it by `sentry-cli releases new`.")
    return found


def _shown(asked: Asked, version: str) -> dict[str, Any]:
    return answers.release(asked, view(asked, version))


def _scrubber(asked: Asked) -> Scrubber:
    with asked.services.reading() as connection:
        return scrubber(project_settings.current(connection, asked.project).scrubbing)


def _tell(asked: Asked, version: str, told: ReleaseTold) -> bool:
    if told.status not in (None, "open"):
        raise Problem(
            400, "Seatrial archives no releases", "Delete it, or leave it: an old release is in nobody's way."
        )
    scrub = _scrubber(asked)
    dates = {
        "started_at": bodies.time(told.date_started, "dateStarted"),
        "released_at": bodies.time(told.date_released, "dateReleased"),
        "url": None if told.url is None else scrub.text(told.url, Counter()),
    }
    known = {name: value for name, value in dates.items() if value is not None}
    commits = None if told.commits is None else [bodies.commit(one, scrub) for one in told.commits]
    refs = None if told.refs is None else [bodies.ref(one) for one in told.refs]

    def work(connection: Connection, teller: Teller) -> bool:
        new = release_telling.tell(connection, teller, version, known)
        if commits is not None:
            release_telling.set_commits(connection, teller, version, commits)
        if refs is not None:
            release_telling.set_refs(connection, teller, version, refs)
        return new

    return write(asked, work)
