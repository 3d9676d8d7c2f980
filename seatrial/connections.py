"""What uvicorn leaves open: how many connections there are, how long a request may take, and who reads nothing.

A connection is given up for what its client has not done. Where there are too many, the one that has asked for nothing
the longest makes room, and if all have asked for something, the one whose body comes the slowest: so whoever holds
connections without using them crowds out itself.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.intake.addresses.answers import CORS, RETRY_SECONDS
from seatrial.settings import CONNECTIONS

LOOK_SECONDS = 0.5
HEAD_START_BYTES = 16 * 1024
"""What a body is taken to have brought when it begins, or the one that has just begun would be the slowest."""


@dataclass(frozen=True, slots=True)
class Bounds:
    most: int = CONNECTIONS
    """Connections at once."""
    head_seconds: float = 10.0
    """From the first byte of a request, or the connection's begin, to the end of its head."""
    head_bytes: int = 64 * 1024
    """Address and headers; those that SDKs send are below 2 KiB."""
    pause_seconds: float = 10.0
    """Without a byte of a body that we want to read."""
    body_seconds: float = 10.0
    """That any body may take."""
    body_rate: float = 16 * 1024
    """Bytes a second at least, beyond that: a mobile network of 128 kbit/s. The largest body may take 330 s."""
    linger_seconds: float = 5.0
    """How long a body is still read after the answer: a client that is cut off while it sends may miss the answer."""
    unread_seconds: float = 30.0
    """How long an answer may lie without the client taking a byte of it."""


class _Phase(Enum):
    """What a connection waits for."""

    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
    IDLE = auto()


class Connections:
    """All connections of one server; uvicorn calls it for each new one."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self._open: set[Connection] = set()
        self._looking = False

    def __call__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: Any = None
    ) -> "Connection":
        return Connection(self, config, server_state, app_state, _loop)

    def add(self, connection: "Connection") -> bool:
        """Whether there is room for one more, or room could be made."""
        if len(self._open) >= self.bounds.most:
            victim = self._dispensable(connection.loop.time())
            if victim is None:
                return False
            self._open.discard(victim)  # that it is lost is told in a later turn, when more may have come
            victim.transport.abort()
        self._open.add(connection)
        if not self._looking:
            self._looking = True
            connection.loop.call_later(LOOK_SECONDS, self._look, connection.loop)
        return True

    def _dispensable(self, now: float) -> "Connection | None":
        """Who makes room; None if all that are open wait for us."""
        if unused := [one for one in self._open if one.phase in {_Phase.HEAD, _Phase.IDLE}]:
            return min(unused, key=lambda one: one.since)
        sending = [one for one in self._open if one.phase is _Phase.BODY]
        return min(sending, key=lambda one: one.pace(now), default=None)

    def discard(self, connection: "Connection") -> None:
        self._open.discard(connection)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in list(self._open):
            connection.look(now)
        self._looking = bool(self._open)
        if self._looking:
            loop.call_later(LOOK_SECONDS, self._look, loop)


class Connection(HttpToolsProtocol):
    """One connection. ``since`` is when its phase began, on the loop's clock."""

    def __init__(self, shared: Connections, config: Config, server_state: ServerState, *rest: Any) -> None:
        super().__init__(config, server_state, *rest)
        self._shared = shared
        self._bounds = shared.bounds
        self._head_bytes = 0
        self._body_bytes = 0
        self._body_waited = 0.0
        self._heard = 0.0
        self._looked = 0.0
        self._unsent = 0
        self._unsent_since = 0.0
        self.phase, self.since = _Phase.HEAD, self.loop.time()

    def pace(self, now: float) -> float:
        """At how many bytes a second its body comes, while we want to read it."""
        waited = self._body_waited + (0.0 if self.flow.read_paused else now - max(self._looked, self.since))
        return (HEAD_START_BYTES + self._body_bytes) / max(waited, 0.001)

    def look(self, now: float) -> None:
        """Give the connection up if its client lets it wait too long."""
        waited = now - self.since
        if self.phase is _Phase.HEAD and waited > self._bounds.head_seconds:
            self._end_head()
        elif self.phase is _Phase.BODY and self.cycle.response_complete:
            if waited > self._bounds.linger_seconds:
                self.transport.abort()
        elif self.phase is _Phase.BODY:
            self._look_at_body(now)
        self._looked = now
        self._look_at_answer(now)

    def _look_at_body(self, now: float) -> None:
        """Only while it is the client who lets us wait, and not we who do not read."""
        if self.flow.read_paused:
            self._heard = now
            return
        self._body_waited += now - max(self._looked, self.since)
        may_last = self._bounds.body_seconds + self._body_bytes / self._bounds.body_rate
        if now - self._heard > self._bounds.pause_seconds or self._body_waited > may_last:
            self._end_body()

    def _look_at_answer(self, now: float) -> None:
        unsent = self.transport.get_write_buffer_size()
        if not unsent or unsent < self._unsent:
            self._unsent_since = now
        elif now - self._unsent_since > self._bounds.unread_seconds:
            self.transport.abort()
        self._unsent = unsent

    # What uvicorn calls -----------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._unsent_since = self.loop.time()
        if not self._shared.add(self):
            retry = {"Retry-After": str(RETRY_SECONDS)}
            self._refuse(503, "too many connections are open", "retry in a moment, and keep fewer open", retry)

    def connection_lost(self, exc: Exception | None) -> None:
        self._shared.discard(self)
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unsent_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.phase is _Phase.IDLE:
            self._enter(_Phase.HEAD)
            self._head_bytes = 0
        self._head_bytes += len(data)
        self._heard = self.loop.time()
        super().data_received(data)
        if self.phase is _Phase.HEAD and self._head_bytes > self._bounds.head_bytes:
            self._refuse_head()

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            self._refuse(400, "this is not HTTP", msg)

    # What the parser calls --------------------------------------------------------------------------------------------

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self._bounds.head_bytes:
            self._refuse_head()
        if not self.transport.is_closing():
            self._enter(_Phase.BODY)
            self._heard, self._body_bytes, self._body_waited = self.since, 0, 0.0
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            self._body_bytes += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.transport.is_closing():
            super().on_message_complete()
            self._enter(_Phase.IDLE if self.cycle.response_complete else _Phase.ANSWER)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:  # of several requests that came at once, the last
            self._enter(_Phase.IDLE if self.phase is _Phase.ANSWER else self.phase)

    # Our own ----------------------------------------------------------------------------------------------------------

    def _enter(self, phase: _Phase) -> None:
        self.phase, self.since = phase, self.loop.time()

    def _end_head(self) -> None:
        if self._head_bytes:
            self._refuse(408, "the request came too slowly", "its head was not there in time: check the network")
        else:
            self.transport.close()

    def _end_body(self) -> None:
        """The application is told that the client is gone; its answer goes nowhere."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        if self.cycle.response_started:
            self.transport.abort()
        else:
            told = (
                f"after {self._body_bytes:,} bytes nothing came for too long: check the network, or send less at once"
            )
            self._refuse(408, "the body came too slowly", told)

    def _refuse_head(self) -> None:
        cause = f"send at most {self._bounds.head_bytes:,} bytes of address and headers"
        self._refuse(431, "the head of the request is too large", cause)

    def _refuse(self, status: int, detail: str, cause: str, more: Mapping[str, str] | None = None) -> None:
        """Answer as intake does, so that a browser may read it, and close."""
        body = json.dumps({"detail": detail, "causes": [cause]}).encode()
        headers = CORS | {"X-Sentry-Error": f"{detail}: {cause}", "Content-Type": "application/json"}
        headers |= {"Content-Length": str(len(body)), "Connection": "close"} | dict(more or {})
        lines = (f"{name}: {text}" for name, text in headers.items())
        head = "\r\n".join([f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *lines, "", ""])
        self.transport.write(head.encode() + body)
        self.transport.close()
