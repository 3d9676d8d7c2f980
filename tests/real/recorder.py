"""A pass-through between an SDK and an installation of ours: it counts what the SDK sent, and changes nothing.

It reads envelopes by itself, so that a fault of our own parser cannot hide in the count.
"""

import gzip
import http.client
import json
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import brotli  # type: ignore[import-untyped]
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.real.installation import wait_until
from tests.real.process import LOOPBACK, free_port

CATEGORIES = {
    "event": "error",
    "session": "session",
    "sessions": "session",
    "feedback": "feedback",
    "user_report": "feedback",
}
REPORTED = ("error", "session", "feedback")
"""Categories of client reports that are ours too; the rest is ``other``, and ``internal`` is nothing."""
DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
}
SECONDS = 30


@dataclass
class Recorder:
    """``address`` stands in a DSN in the place of ours. Counts by category of the ledger."""

    target: str
    address: str
    sent: Counter[str] = field(default_factory=Counter)
    """Items in requests that were answered by ours, whatever the answer."""
    reported: Counter[str] = field(default_factory=Counter)
    """What those requests say that the SDK dropped."""
    lost: Counter[str] = field(default_factory=Counter)
    """Items in requests that nobody answered."""
    statuses: Counter[int] = field(default_factory=Counter)
    limits: list[str] = field(default_factory=list)
    """Each ``X-Sentry-Rate-Limits`` that was answered."""

    @property
    def received(self) -> dict[str, int]:
        """What the ledger must say that it received."""
        return dict(self.sent + self.reported)

    def dsn(self, dsn: str) -> str:
        return dsn.replace(urlsplit(self.target).netloc, urlsplit(self.address).netloc)

    async def pass_on(self, request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(self._pass_on, request, body)

    def _pass_on(self, request: Request, body: bytes) -> Response:
        items = list(_items(DECODERS[request.headers.get("content-encoding", "")](body))) if body else []
        try:
            status, headers, answer = _forward(self.target, request, body)
        except OSError:
            # As it is for an SDK that speaks to ours while that is down, but for how it learns of it.
            self.lost.update(CATEGORIES.get(kind, "other") for kind, _ in items if kind != "client_report")
            return Response(status_code=502)
        self.statuses[status] += 1
        for kind, payload in items:
            if kind == "client_report":
                self.reported.update(_dropped(payload))
            else:
                self.sent[CATEGORIES.get(kind, "other")] += 1
        if limits := headers.get("x-sentry-rate-limits"):
            self.limits.append(limits)
        return Response(answer, status, headers)


@contextmanager
def recording(target: str) -> Iterator[Recorder]:
    """A recorder in front of the installation at an address, served in a thread."""
    port = free_port()
    recorder = Recorder(target, f"http://{LOOPBACK}:{port}")
    methods = ["GET", "POST", "PUT", "OPTIONS"]
    app = Starlette(routes=[Route("/{path:path}", recorder.pass_on, methods=methods)])
    config = uvicorn.Config(app, host=LOOPBACK, port=port, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive(), "the recorder is up")
        yield recorder
    finally:
        server.should_exit = True
        thread.join()


def _forward(target: str, request: Request, body: bytes) -> tuple[int, dict[str, str], bytes]:
    place = urlsplit(target)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=SECONDS)
    try:
        query = f"?{request.url.query}" if request.url.query else ""
        dropped = {"host", "content-length", "transfer-encoding", "connection"}
        headers = {name: value for name, value in request.headers.items() if name not in dropped}
        connection.request(request.method, f"{request.url.path}{query}", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        kept = {"date", "server", "content-length", "connection", "transfer-encoding"}
        told = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in kept}
        return answer.status, told, content
    finally:
        connection.close()


def _items(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Type and payload of each item: by its ``length``, else to the end of the line."""
    rest = body.partition(b"\n")[2]
    while rest.strip(b"\n"):
        line, _, rest = rest.lstrip(b"\n").partition(b"\n")
        header: dict[str, Any] = json.loads(line)
        length = header.get("length")
        if length is None:
            payload, _, rest = rest.partition(b"\n")
        else:
            payload, rest = rest[:length], rest[length:]
        yield str(header["type"]), payload


def _dropped(payload: bytes) -> Counter[str]:
    found: Counter[str] = Counter()
    for entry in json.loads(payload).get("discarded_events", []):
        category = entry["category"]
        if category != "internal":
            found[category if category in REPORTED else "other"] += entry["quantity"]
    return found
