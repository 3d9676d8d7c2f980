"""The list of projects, and signing in and out by a token."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.access import COOKIE, Known, refuse_other_sites, visible_projects
from api.web import rendering
from models.store.queries import releases, tokens

LONGEST = 30 * 24 * 60 * 60
"""Seconds that a browser stays signed in."""
router = APIRouter(include_in_schema=False)


@router.get("/")
def projects(request: Request, services: Known) -> Response:
    visible = visible_projects(request)
    with services.reading() as connection:
        found = [(name, releases.environments(connection, name)) for name in visible]
    return rendering.page("projects.html", projects=found, signed_in=COOKIE in request.cookies)


@router.get("/sign-in")
def sign_in_form(request: Request) -> Response:
    return _form(request)


@router.post("/sign-in")
def sign_in(
    request: Request,
    services: Known,
    token: Annotated[str, Form(max_length=1000)] = "",
    then: Annotated[str, Form(alias="next", max_length=4000)] = "/",
) -> Response:
    """Sets a cookie that no script reads and no other site sends; a token that is not known gets the form again."""
    refuse_other_sites(request)
    text = token.strip()
    with services.reading() as connection:
        known = bool(text) and bool(tokens.projects_of(connection, text))
    if not known:
        return _form(request, then=then, error="This token is not known. Copy it again, whole: it begins with st_.")
    response = RedirectResponse(rendering.here(then), 303)
    secure = request.url.scheme == "https" or services.public_url.startswith("https:")
    response.set_cookie(COOKIE, text, LONGEST, httponly=True, samesite="strict", secure=secure)
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    refuse_other_sites(request)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def _form(request: Request, *, then: str = "/", error: str | None = None) -> Response:
    return rendering.page(
        "sign_in.html",
        422 if error else 200,
        error=error,
        next=rendering.here(then),
        signed_in=COOKIE in request.cookies,
    )
