"""What every answer gets, whoever gives it: security headers, CORS at intake's, and its place in the count."""

from collections import Counter
from urllib.parse import unquote_to_bytes

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.intake.addresses.answers import CORS
from api.problems import Problem, response

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: then browsers send `Origin: null` with our own forms, which `api.access` refuses.
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
"""An answer may say otherwise of itself: then its own header holds."""
INTAKE = "intake"
AT_INTAKE = HEADERS | CORS
"""Of the framework's own errors too: a browser that may not read one is silent for a minute."""
ENDPOINTS = frozenset({"envelope", "store"})
WITHOUT_NUMBER = (["store"], ["embed", "error-page"])


class Surroundings:
    """ASGI: wraps the whole application."""

    def __init__(self, app: ASGIApp, answered: Counter[tuple[str, str]]) -> None:
        self._app = app
        self._answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def surround(message: Message) -> None:
            if message["type"] == "http.response.start":
                part = area(scope["path"])
                add_headers(MutableHeaders(scope=message), part)
                self._answered[part, f"{message['status'] // 100}xx"] += 1
            await send(message)

        if _has_nul(scope):
            problem = Problem(400, "The address holds a NUL character", "Leave %00 out: nothing is named so.")
            await response(problem)(scope, receive, surround)
            return
        await self._app(scope, receive, surround)


def area(path: str) -> str:
    """``intake``, ``api``, ``health`` or ``page``: few, whatever addresses strangers try."""
    parts = [part for part in path.split("/") if part]
    if parts[:1] == ["api"]:
        return INTAKE if _is_intake(parts[1:]) else "api"
    return "health" if parts[:1] in (["healthz"], ["readyz"], ["metrics"]) else "page"


def add_headers(headers: MutableHeaders, part: str) -> None:
    """What the answer does not say of itself."""
    for name, value in (AT_INTAKE if part == INTAKE else HEADERS).items():
        headers.setdefault(name, value)


def _is_intake(parts: list[str]) -> bool:
    """Below ``/api/``: a project's number, and what names none; ``/api/0/`` is another API's."""
    first = parts[0] if parts else ""
    numbered = first.isascii() and first.isdigit() and first.strip("0") != ""
    return numbered or parts in WITHOUT_NUMBER or (len(parts) == 2 and first != "v1" and parts[1] in ENDPOINTS)  # noqa: PLR2004


def _has_nul(scope: Scope) -> bool:
    return "\0" in scope["path"] or b"\0" in unquote_to_bytes(scope["query_string"].replace(b"+", b" "))
