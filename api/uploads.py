"""Bodies in hand are bounded over all requests, and shared by project. How slow one may be: `seatrial.connections`."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.intake.answers import RETRY_SECONDS
from api.intake.limits import MEBIBYTE
from api.intake.refusal import Refusal
from api.intake.shares import Shares

MAX_BYTES = 64 * MEBIBYTE
"""One project alone gets half: six of the largest bodies, or 2,500 of 13 KB at once."""


class Uploads:
    """ASGI: reading through it raises `Refusal` (503) where there is no room for more.

    ``holder`` names by an address whose bytes they are. They count until the request is answered.
    """

    def __init__(self, app: ASGIApp, holder: Callable[[str], str], most_bytes: int = MAX_BYTES) -> None:
        self._app = app
        self._holder = holder
        self._shares = Shares(most_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        holder, held = self._holder(scope["path"]), 0

        async def read() -> Message:
            nonlocal held
            message = await receive()
            size = len(message.get("body", b""))
            if not self._shares.take(holder, size):
                raise _no_room()
            held += size
            return message

        try:
            await self._app(scope, read, send)
        finally:
            self._shares.give_back(holder, held)


def _no_room() -> Refusal:
    headers = {"Retry-After": str(RETRY_SECONDS), "Connection": "close"}
    return Refusal(503, "too many bodies are being read", "retry in a moment, and send fewer at once", headers=headers)
