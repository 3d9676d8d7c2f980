"""One address: a handler for each method, and an answer that a browser may read whatever comes of it."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from api.intake.addresses import answers
from api.intake.refusal import Refusal
from models.ports import LogUnavailable

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""All of them, so that a wrong one gets an answer that a browser may read."""

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


def endpoint(otherwise: Handler | None = None, **handlers: Handler) -> Handler:
    """``handlers`` by method. ``OPTIONS`` is answered for all; any other method by ``otherwise``, or with a 405."""

    async def answer(http: Request) -> Response:
        if http.method == "OPTIONS":
            return answers.preflight(handlers)
        handler = handlers.get(http.method, otherwise)
        if handler is None:
            return answers.wrong_method(handlers)
        try:
            return await handler(http)
        except Refusal as refusal:
            return answers.refused(refusal)
        except LogUnavailable as error:
            return answers.unavailable(str(error))

    return answer
