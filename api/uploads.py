"""Bodies are read within bounds, over all requests: of time, by their size, and of memory, by their project."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.intake.answers import RETRY_SECONDS
from api.intake.limits import MEBIBYTE
from api.intake.refusal import Refusal
from api.intake.shares import Shares

MAX_BYTES = 64 * MEBIBYTE
"""Of bodies that are in hand. One project alone gets half: six of the largest, or 2,500 of 13 KB at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How slow a client may be."""

    pause: float = 10.0
    """Seconds without a byte."""
    grace: float = 10.0
    """Seconds that any body may take."""
    rate: float = 16 * 1024
    """Bytes a second at least, beyond that: a mobile network of 128 kbit/s. The largest body may take 330 s."""

    def left(self, size: int, waited: float) -> float:
        """Seconds for the next piece, of a body of which ``size`` bytes came in ``waited`` seconds."""
        return max(0.0, min(self.pause, self.grace + size / self.rate - waited))


class Uploads:
    """ASGI: what is read through it raises `Refusal`, 408 for a slow client, 503 where there is no room.

    ``holder`` names by an address whose bytes they are.
    """

    def __init__(
        self,
        app: ASGIApp,
        holder: Callable[[str], str],
        patience: Patience | None = None,
        most_bytes: int = MAX_BYTES,
    ) -> None:
        self._app = app
        self._holder = holder
        self._patience = patience or Patience()
        self._shares = Shares(most_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        holder = self._holder(scope["path"])
        upload = _Upload(receive, self._patience, lambda size: self._shares.take(holder, size))
        try:
            await self._app(scope, upload.receive, send)
        finally:
            self._shares.give_back(holder, upload.size)


class _Upload:
    """One body. ``take`` says whether there is room for more bytes."""

    def __init__(self, receive: Receive, patience: Patience, take: Callable[[int], bool]) -> None:
        self._receive = receive
        self._patience = patience
        self._take = take
        self._waited = 0.0
        self._complete = False
        self.size = 0

    async def receive(self) -> Message:
        if self._complete:  # what may come now is that the client hangs up
            return await self._receive()
        message = await self._next()
        size = len(message.get("body", b""))
        if not self._take(size):
            raise _no_room()
        self.size += size
        self._complete = not message.get("more_body", False)
        return message

    async def _next(self) -> Message:
        now = asyncio.get_running_loop().time
        began = now()
        try:
            async with asyncio.timeout(self._patience.left(self.size, self._waited)):
                return await self._receive()
        except TimeoutError:
            raise _too_slow(self.size) from None
        finally:
            self._waited += now() - began


def _too_slow(size: int) -> Refusal:
    cause = f"after {size:,} bytes nothing came for too long: check the network, or send less at once"
    return Refusal(408, "the body came too slowly", cause, headers={"Connection": "close"})


def _no_room() -> Refusal:
    headers = {"Retry-After": str(RETRY_SECONDS), "Connection": "close"}
    return Refusal(503, "too many bodies are being read", "retry in a moment, and send fewer at once", headers=headers)
