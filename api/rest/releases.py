"""Releases: the list, the document about one, and its report in a form to send around."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from analytics.correlation.issue_states import IssueState
from analytics.reports.html import html
from analytics.reports.markdown import markdown
from api import addresses
from api.answers import answer, page, place_of
from api.gates.standing import Standing, standings
from api.gates.verdict import gates
from api.issues import states
from api.issues.listing import STATES, count_states
from api.latest import latest
from api.problems import not_found
from api.release_document import release_document
from api.release_health import adoption_of, crash_free, unhandled_free, users_of
from api.rest.asking import PAGE, PRODUCTION, Asked, Cursor, Environment, Limit, OfProject
from models.store.queries import freshness, releases
from models.store.queries.releases import Place, Release
from models.wire.times import to_text

router = APIRouter(prefix="/projects/{project}", tags=["releases"])
Form = Annotated[Literal["json", "markdown", "html"], Query(alias="format")]
REPORT = "/report"
STANDALONE = {
    # One file without anything beside it: its styles are inside, and it may load and run nothing.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
Render = Callable[[Mapping[str, Any]], str]
FORMS: Mapping[str, tuple[Render, str]] = {
    "markdown": (markdown, "text/markdown; charset=utf-8"),
    "html": (html, "text/html; charset=utf-8"),
}


@router.get("/releases", summary="The releases of an environment, newest first")
def list_releases(
    asked: OfProject, environment: Environment = PRODUCTION, cursor: Cursor = None, limit: Limit = PAGE
) -> Response:
    before = place_of(cursor, Place)
    with asked.services.reading() as connection:
        found = releases.listed(connection, asked.project, environment, before=before, limit=limit + 1)
        now, url = asked.services.clock.now(), asked.services.public_url
        judged = standings(connection, asked.project, environment, [one.release for one in found])
        said = gates(connection, asked.project, environment, judged, now, url)
        degraded = freshness.degradation(connection, now)
        names = [one.release for one in found]
        users = users_of(connection, asked.project, environment, names)
        adopted = adoption_of(connection, asked.project, environment, names, now)
        within = states.of_releases(connection, asked.project, environment, names)
        newest = latest(connection, asked.project, environment, now)

    def row(one: Release) -> dict[str, Any]:
        health = {"users": users[one.release], "adoption": adopted[one.release]}
        counts = count_states(within[one.release])
        return _row(asked, one, judged[one.release], said[one.release], counts) | health

    told = {"release": newest.release, "by": newest.by.value} if newest else None
    return answer(page(found, limit, lambda one: one.place, row) | {"newest": told, "degraded": degraded})


@router.get("/releases/{version:path}/report", summary="The report about a release")
def report(
    request: Request, asked: OfProject, version: str, form: Form = "json", environment: Environment = PRODUCTION
) -> Response:
    if not _raw_path(request).endswith(REPORT):  # the release itself ends so: its slash is encoded
        return _document(asked, version + REPORT, environment, "json")
    return _document(asked, version, environment, form)


@router.get("/releases/{version:path}", summary="All about a release (report.v1)")
def view(asked: OfProject, version: str, environment: Environment = PRODUCTION) -> Response:
    """``version`` is the whole string, percent-encoded."""
    return _document(asked, version, environment, "json")


def _document(asked: Asked, version: str, environment: str, form: str) -> Response:
    with asked.services.reading() as connection:
        now, url = asked.services.clock.now(), asked.services.public_url
        found = release_document(connection, asked.project, environment, version, now, url)
    if found is None:
        hint = f"Nothing was deployed or sent under this name in {environment}: see the list of releases."
        raise not_found("release", version, hint)
    if form not in FORMS:
        return answer(found)
    render, kind = FORMS[form]
    return Response(render(found), headers=STANDALONE, media_type=kind)


def _row(
    asked: Asked, one: Release, standing: Standing, said: dict[str, Any], counts: Mapping[str, int]
) -> dict[str, Any]:
    url, judged = asked.services.public_url, standing.evaluation
    of = {"environment": one.environment, "release": one.release}

    def counted(kind: str, **query: str) -> str:
        return addresses.call(url, asked.project, kind, **of, **query)

    return {
        "release": one.release,
        "environment": one.environment,
        "since": to_text(one.since),
        "deployed": one.deployed,
        "deployed_at": to_text(one.since) if one.deployed else None,
        "deployed_by": one.deployed_by,
        "verdict": said["verdict"] if judged or said["degraded"] else None,  # what was never watched has none
        "score": said["score"],
        "decision": said["decision"],
        "as_of": said["as_of"],
        "under_watch": standing.evaluated_at is not None,
        "sessions": asdict(one.sessions),
        "crash_free": crash_free(one.sessions),
        "unhandled_free": unhandled_free(one.sessions),
        "hurt": one.hurt,
        "issues": counts["all"],
        "new_issues": counts[IssueState.NEW_HERE],
        "issue_states": counts,
        "feedback": one.feedback,
        "commits": one.commits,
        "links": {
            "issues": counted("issues"),
            "new_issues": counted("issues", state=IssueState.NEW_HERE),
            **{state.value: counted("issues", state=state.value) for state in STATES},
            "feedback": counted("feedback"),
            "decisions": counted("decisions"),
        },
        "url": addresses.page(url, asked.project, "releases", one.release, environment=one.environment),
    }


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.partition(b"?")[0].decode("latin-1")
