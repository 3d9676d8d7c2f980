"""The addresses of intake. SDKs send a trailing slash; without one, and with repeated ones, it is the same address."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from api.intake import answers
from api.intake.intake import Intake, Request
from api.intake.limits import MAX_COMPRESSED_BYTES
from api.intake.refusal import Refusal, bad_envelope, too_large
from models.ports import LogUnavailable

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
"""All of them, so that a wrong one gets an answer that a browser may read."""

Take: TypeAlias = Callable[[Request], Awaitable[str | None]]
Endpoint: TypeAlias = Callable[[HttpRequest], Awaitable[Response]]


class Slashes(Convertor[str]):
    """One slash or more."""

    regex = "/+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class MaybeSlashes(Slashes):
    """Any number of slashes."""

    regex = "/*"


register_url_convertor("slashes", Slashes())
register_url_convertor("maybe_slashes", MaybeSlashes())
ADDRESS = "/{a:maybe_slashes}api{b:slashes}{number}{c:slashes}%s{d:maybe_slashes}"


def routes(intake: Intake) -> list[Route]:
    """The routes for `envelope` and `store`, to stand before any that could match `/api/...` too."""
    takes = {"envelope": intake.take_envelope, "store": intake.take_event}
    return [
        Route(ADDRESS % name, _endpoint(take), methods=METHODS, name=f"intake-{name}") for name, take in takes.items()
    ]


def _endpoint(take: Take) -> Endpoint:
    async def answer(http: HttpRequest) -> Response:
        if http.method == "OPTIONS":
            return answers.preflight()
        if http.method != "POST":
            return answers.wrong_method()
        try:
            return answers.accepted(await take(await _request(http)))
        except Refusal as refusal:
            return answers.refused(refusal)
        except LogUnavailable as error:
            return answers.unavailable(str(error))

    return answer


async def _request(http: HttpRequest) -> Request:
    return Request(
        number=http.path_params["number"],
        headers=tuple(http.headers.items()),
        query=tuple(http.query_params.multi_items()),
        body=await _body(http),
        address=http.client.host if http.client else None,
    )


async def _body(http: HttpRequest) -> bytes:
    """The body, read no further than its bound."""
    length = http.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MAX_COMPRESSED_BYTES:
        raise too_large("envelope", MAX_COMPRESSED_BYTES)
    pieces, size = [], 0
    try:
        async for piece in http.stream():
            pieces.append(piece)
            size += len(piece)
            if size > MAX_COMPRESSED_BYTES:
                raise too_large("envelope", MAX_COMPRESSED_BYTES)
    except ClientDisconnect as error:
        raise bad_envelope("the connection ended before the body did") from error
    return b"".join(pieces)
