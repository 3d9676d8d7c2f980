"""Bodies in hand are bounded over all requests, and shared by project. How slow one may be: `seatrial.connections`."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.intake.addresses.answers import RETRY_SECONDS
from api.intake.fairness.shares import Shares
from api.intake.limits import MEBIBYTE
from api.intake.opening.holding import HELD
from api.intake.refusal import Refusal

MAX_BYTES = 64 * MEBIBYTE
"""One project alone gets half: six of the largest bodies, or 2,500 of 13 KB at once."""
API, PAGES = "/api", "/pages"
"""Who holds the bodies that are not sent to intake. Calls of the API have shown their token before theirs is read; the
forms of pages have not, nor can the one for the token itself."""


class Uploads:
    """ASGI: reading through it raises `Refusal` (503) where there is no room for more.

    Whose bytes they are, intake tells by `hold` before it reads any; others need not. They count until the request is
    answered.
    """

    def __init__(self, app: ASGIApp, most_bytes: int = MAX_BYTES) -> None:
        self._app = app
        self._shares = Shares(most_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = scope[HELD] = _Upload(receive, self._shares, API if scope["path"].startswith("/api/") else PAGES)
        try:
            await self._app(scope, upload.receive, send)
        finally:
            self._shares.give_back(upload.holder, upload.size)


class _Upload:
    """One body. ``size`` is how much of it is in hand."""

    def __init__(self, receive: Receive, shares: Shares, holder: str) -> None:
        self._receive = receive
        self._shares = shares
        self.holder = holder
        self.size = 0

    async def receive(self) -> Message:
        message = await self._receive()
        size = len(message.get("body", b""))
        if size and not self._shares.take(self.holder, size):
            raise _no_room()
        self.size += size
        return message


def _no_room() -> Refusal:
    headers = {"Retry-After": str(RETRY_SECONDS), "Connection": "close"}
    return Refusal(503, "too many bodies are being read", "retry in a moment, and send fewer at once", headers=headers)
