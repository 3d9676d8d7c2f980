"""The addresses of intake. SDKs send a trailing slash; without one, and with repeated ones, it is the same address."""

from dataclasses import replace
from functools import partial

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from api.intake.addresses import answers, dialog, store, unsupported
from api.intake.addresses.endpoint import METHODS, endpoint
from api.intake.intake import Intake
from api.intake.kinds import security
from api.intake.limits import MAX_COMPRESSED_BYTES
from api.intake.opening.holding import hold
from api.intake.opening.request import Request
from api.intake.refusal import Refusal, bad_envelope, too_large


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


class Number(Slashes):
    """A project's number; they begin at 1, and ``/api/0/`` is another API's."""

    regex = "0*[1-9][0-9]*"


register_url_convertor("slashes", Slashes())
register_url_convertor("maybe_slashes", MaybeSlashes())
register_url_convertor("project_number", Number())
API = "/{a:maybe_slashes}api{b:slashes}"
PROJECT = API + "{number}{c:slashes}"
END = "{z:maybe_slashes}"


def routes(intake: Intake) -> list[Route]:
    """All of intake's, to stand before any that could match `/api/...` too."""
    addresses = _Addresses(intake)
    envelope = endpoint(POST=addresses.envelope)
    event = endpoint(POST=addresses.event, GET=addresses.event_in_query)
    report = endpoint(POST=addresses.report)
    shown = endpoint(GET=addresses.dialog, POST=addresses.comment)
    at = {
        PROJECT + "envelope" + END: envelope,
        PROJECT + "store" + END: event,
        API + "store" + END: event,
        **{f"{PROJECT}{name}{END}": report for name in ("security", "csp-report", "nel")},
        API + "embed{c:slashes}error-page" + END: shown,
        API + "{number:project_number}{c:slashes}{rest:path}": endpoint(otherwise=_nothing_here),
    }
    return [Route(path, answer, methods=METHODS, name=f"intake-{path}") for path, answer in at.items()]


class _Addresses:
    """What is done at each address. Raises `Refusal` or `LogUnavailable`."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def envelope(self, http: HttpRequest) -> Response:
        return answers.accepted(await self._intake.take_envelope(await self._request(http)))

    async def event(self, http: HttpRequest) -> Response:
        return answers.accepted(await self._intake.take(await self._request(http), store.parse))

    async def event_in_query(self, http: HttpRequest) -> Response:
        """An event in the address of a picture: what a page sends that may do nothing else."""
        body = http.query_params.get("sentry_data", "").encode()
        await self._intake.take(_of(http, body), store.parse)
        return answers.pixel()

    async def report(self, http: HttpRequest) -> Response:
        request = await self._request(http)
        parse = partial(security.parse, query=request.query, user_agent=http.headers.get("user-agent"))
        return answers.created(await self._intake.take(request, parse))

    async def dialog(self, http: HttpRequest) -> Response:
        dialog.event_id(http.query_params.multi_items())
        self._intake.admit(_of_dialog(http, b""))
        return answers.script(dialog.script())

    async def comment(self, http: HttpRequest) -> Response:
        event = dialog.event_id(http.query_params.multi_items())
        hold(http.scope, self._intake.holder(_of_dialog(http, b"")))
        await self._intake.take(_of_dialog(http, await _body(http)), partial(dialog.parse, event=event))
        return answers.accepted(event)

    async def _request(self, http: HttpRequest) -> Request:
        """The request with its body, which is not read for a key that may not send.

        One whose body is refused is counted for its project.
        """
        request = _of(http, b"")
        try:
            hold(http.scope, self._intake.holder(request))
            return replace(request, body=await _body(http))
        except Refusal as refusal:
            self._intake.count_unread(request, refusal)
            raise


async def _nothing_here(http: HttpRequest) -> Response:
    raise unsupported.refusal(http.path_params["rest"])


def _of(http: HttpRequest, body: bytes) -> Request:
    return Request(
        number=http.path_params.get("number"),
        headers=tuple(http.headers.items()),
        query=tuple(http.query_params.multi_items()),
        body=body,
        address=http.client.host if http.client else None,
    )


def _of_dialog(http: HttpRequest, body: bytes) -> Request:
    """The page that shows the dialog knows a DSN only; its own credentials are none of ours."""
    number, query = dialog.credentials(http.query_params.multi_items())
    return Request(number, (), query, body, http.client.host if http.client else None)


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
