"""An error as a page: what is the matter, and what to do next."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from api.access import COOKIE
from api.problems import Problem
from api.web import rendering

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="seatrial"'}


def page(problem: Problem, request: Request) -> Response:
    """A 401 holds the form to sign in, which leads back to where one wanted to go. Never a redirect."""
    unknown = problem.status == HTTPStatus.UNAUTHORIZED
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    response = rendering.page(
        "problem.html",
        problem.status,
        problem=problem,
        sign_in=unknown,
        signed_in=COOKIE in request.cookies and not unknown,
        next=rendering.here(wanted) if request.method == "GET" else "/",
        # A browser withholds our cookie from who follows a link on another site; a second click here has it.
        from_elsewhere=request.headers.get("sec-fetch-site") == "cross-site",
    )
    if unknown:
        response.headers.update(CHALLENGE)
    return response
