"""Merge and split by the forms of an issue's page: what follows is said before the click, and kept with the reason."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.issues.commanding import MOST_NAME, MOST_REASON, wrong_text
from api.problems import not_found
from api.web import issue_page, rendering
from api.web.issue_lessons import KEY, OF_ISSUE, Lesson, Refused
from api.web.shell import Look, Looking
from models.store.queries import issue_names, issues, teaching
from models.store.queries.teaching import Unteachable

router = APIRouter(include_in_schema=False)
Written = Annotated[str, Form(max_length=20_000)]


def lesson(what: Written = "", reason: Written = "", by: Written = "") -> Lesson:
    """The form as it was sent."""
    return Lesson(what.strip(), reason.strip(), by.strip())


Told = Annotated[Lesson, Depends(lesson)]


@router.post("/projects/{project}/issues/{name}/merge")
async def merge(look: Look, name: str, told: Told) -> Response:
    """Into the issue that is named; then to that one's page, by a GET."""
    return await run_in_threadpool(_teach, look, name, "merge", told)


@router.post("/projects/{project}/issues/{name}/split")
async def split(look: Look, name: str, told: Told) -> Response:
    """What was merged into it, or what a key of it finds; then to the page of that, by a GET."""
    return await run_in_threadpool(_teach, look, name, "split", told)


def _teach(look: Looking, name: str, form: str, told: Lesson) -> Response:
    wrong = _wrong(told)
    if not wrong:
        try:
            with look.services.writing() as connection:
                return RedirectResponse(TEACH[form](look, connection, _identified(look, connection, name), told), 303)
        except Unteachable as error:
            wrong = {"what": f"This cannot be: {error}."}
    with look.services.reading() as connection:
        return issue_page.shown(look, connection, name, None, status=422, refused=Refused(form, told, wrong))


def _merge(look: Looking, connection: Connection, gone: str, told: Lesson) -> str:
    into = issue_names.identified(connection, look.project, told.what)
    if into is None:
        message = f"there is no issue {told.what!r}: see the list of issues"
        raise Unteachable(message)
    now = look.services.clock.now()
    survivor = teaching.merge(connection, look.project, gone, into, told.reason, told.by, now)
    return _address(look, connection, survivor, merged=gone)


def _split(look: Looking, connection: Connection, issue: str, told: Lesson) -> str:
    now = look.services.clock.now()
    if told.what.startswith(KEY):
        said = (told.reason, told.by, now)
        teaching.split_keys(connection, look.project, issue, [told.what.removeprefix(KEY)], said)
        return _address(look, connection, issue, split="key")
    part = told.what.removeprefix(OF_ISSUE)
    if part not in teaching.merged_into(connection, look.project, issue):
        message = "it is no part of this issue now: choose one that is listed"
        raise Unteachable(message)
    teaching.split(connection, look.project, part, told.reason, told.by, now)
    seen = issues.view(connection, look.project, look.environment, part)
    return _address(look, connection, part if seen else issue, split="issue")


TEACH: Mapping[str, Callable[[Looking, Connection, str, Lesson], str]] = {"merge": _merge, "split": _split}
"""By form, what it does; the address that it leads to."""


def _wrong(told: Lesson) -> dict[str, str]:
    """By field, what is wrong with it and what to do."""
    found = wrong_text("what", told.what, MOST_NAME, "Say which one.")
    found |= wrong_text("reason", told.reason, MOST_REASON, "Say why: who wonders about the issue later will ask.")
    return found | wrong_text("by", told.by, MOST_NAME, "Say who you are.")


def _identified(look: Looking, connection: Connection, name: str) -> str:
    """Raises `Problem` (404)."""
    found = issue_names.identified(connection, look.project, name)
    if found is None:
        raise not_found("issue", name, "See the list of issues.")
    return found


def _address(look: Looking, connection: Connection, issue: str, **said: str) -> str:
    name = issue_names.names(connection, look.project, [issue]).get(issue, issue)
    return rendering.link(look.project, "issues", name, environment=look.environment, **said)
