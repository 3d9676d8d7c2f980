"""sentry-protocol.md, 1.2, 1.8 and 1.10, row by row: addresses, codes, bodies, headers. Over the whole application."""

import base64
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import pytest
from sqlalchemy.exc import OperationalError

from api.intake.keys import ProjectKeys
from tests.fakes.intake import envelope
from tests.fakes.protocol import EVENT, EVENT_ID, SENT, SESSION, Told, Wire, receiving

Ask: TypeAlias = Callable[[Wire], Told]
PLAIN = json.dumps(EVENT).encode()
PACKED = base64.b64encode(zlib.compress(PLAIN))
FOR_ADDRESSES = bytes.maketrans(b"+/", b"-_")
CSP = {"csp-report": {"effective-directive": "script-src", "blocked-uri": "https://evil.example/x.js"}}


def post(body: bytes = SENT, endpoint: str = "envelope/", **headers: str) -> Ask:
    return lambda wire: wire.post(body, endpoint, **headers)


def at(path: str, body: bytes = SENT, method: str = "POST") -> Ask:
    """A path with the project's ``{number}`` and ``{key}``."""
    return lambda wire: wire.ask(method, path.format(number=wire.number, key=wire.key), body)


def log_down(wire: Wire) -> Told:
    wire.serving.log.down = True
    try:
        return wire.post()
    finally:
        wire.serving.log.down = False


class NoStore:
    """Keys whose store is away, or that have a fault of their own."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def project(self, _: int) -> ProjectKeys | None:
        raise self._error


ID = {"id": EVENT_ID}
BODIES: dict[str, tuple[Ask, int, Any]] = {
    "200 accepted: the id": (post(), 200, ID),
    "200 no event (sessions only): {}": (post(envelope(("session", SESSION))), 200, {}),
    "200 headers only: {}": (post(b"{}"), 200, {}),
    "200 everything in it was unknown": (post(envelope(("of_tomorrow", b"x"))), 200, {}),
    "200 an invalid session is dropped silently": (post(envelope(("session", {"status": "what"}))), 200, {}),
    "200 event content never fails": (
        post(envelope(("event", EVENT | {"timestamp": "junk", "release": 5, "exception": 7}))),
        200,
        ID,
    ),
    "400 empty body": (post(b""), 400, "invalid event envelope"),
    "400 bad envelope": (post(b"hello"), 400, "invalid event envelope"),
    "400 bad JSON": (post(envelope(("event", b"{oops"))), 400, "invalid event envelope"),
    "400 bad compression": (post(SENT, content_encoding="gzip"), 400, "invalid compression"),
    "401 auth missing": (at("/api/{number}/envelope/"), 401, "missing authorization information"),
    "403 project unknown": (at("/api/77/envelope/?sentry_key={key}"), 403, "project unknown or key mismatch"),
    "413 item too large": (
        post(envelope(("event", {"message": "x" * 1_100_000}))),
        413,
        "envelope exceeded size limits for type 'event' (at most 1,048,576 bytes)",
    ),
    "413 body too large": (
        post(b"x" * 6_000_000),
        413,
        "envelope exceeded size limits for type 'envelope' (at most 5,242,880 bytes)",
    ),
    "503 no log": (log_down, 503, "the log is not available"),
    "404 minidump": (post(endpoint="minidump/"), 404, "Seatrial does not take native crash dumps"),
    "404 unreal": (post(endpoint="unreal/abc/"), 404, "Seatrial does not take crash reports of Unreal Engine"),
    "404 attachments": (
        post(endpoint=f"events/{EVENT_ID}/attachments/"),
        404,
        "Seatrial does not take attachments of an event that was sent before",
    ),
    "404 cron": (at("/api/{number}/cron/nightly/{key}"), 404, "Seatrial does not take check-ins of scheduled jobs"),
    "404 otlp traces": (
        post(endpoint="integration/otlp/v1/traces/"),
        404,
        "Seatrial does not take traces and logs of OpenTelemetry",
    ),
    "404 anything else": (post(endpoint="what/"), 404, "there is nothing at this address"),
    "405 another method": (at("/api/{number}/envelope/?sentry_key={key}", method="PUT"), 405, "method not allowed"),
    "store: plain JSON": (post(PLAIN, "store/"), 200, ID),
    "store: base64(zlib(json)) undeclared": (post(PACKED, "store/"), 200, ID),
    "store: no body": (post(b"", "store/"), 400, "invalid event envelope"),
    "store: neither": (post(b"!!!", "store/"), 400, "invalid event"),
    "store without a number: the key names the project": (
        at("/api/store/?sentry_key={key}", PLAIN),
        200,
        ID,
    ),
    "store without number and key": (at("/api/store/"), 401, "missing authorization information"),
    "store with nobody's key": (at(f"/api/store/?sentry_key={'f' * 32}"), 403, "project unknown or key mismatch"),
    "security with a key": (at("/api/{number}/security/?sentry_key={key}", json.dumps(CSP).encode()), 201, None),
    "security without a key": (
        at("/api/{number}/security/", json.dumps(CSP).encode()),
        401,
        "missing authorization information",
    ),
    "security: no report": (at("/api/{number}/nel/?sentry_key={key}", b"7"), 400, "invalid event envelope"),
}
SAME_ADDRESS = [
    "/api/{number}/envelope",
    "/api/{number}/envelope/",
    "/api/{number}/envelope//",
    "//api//{number}//envelope/",
    "/api/00{number}/envelope/",
]
ALLOWED = [
    "x-sentry-auth",
    "x-requested-with",
    "x-forwarded-for",
    "origin",
    "referer",
    "accept",
    "content-type",
    "authentication",
    "authorization",
    "content-encoding",
    "transfer-encoding",
]
EXPOSED = ["x-sentry-error", "x-sentry-rate-limits", "retry-after"]
ADDRESSES = {
    "envelope/": "POST, OPTIONS",
    "store/": "POST, GET, OPTIONS",
    "security/": "POST, OPTIONS",
    "csp-report/": "POST, OPTIONS",
    "nel/": "POST, OPTIONS",
}


@pytest.mark.parametrize("row", BODIES)
def test_code_and_body(wire: Wire, row: str) -> None:
    """The code says whose fault it was, the body what to do, the header both in a line, and a browser may read all."""
    ask, status, expected = BODIES[row]
    told = ask(wire)
    assert told.status == status, told.content
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["access-control-expose-headers"].split(", ") == EXPOSED
    if status < 300:
        assert expected is None or told.json == expected
        return
    assert told.json["detail"] == expected
    assert isinstance(told.json["causes"], list)
    assert told.headers["x-sentry-error"].startswith(expected)
    assert "error accepted" not in told.fates


def test_when_to_come_back(wire: Wire) -> None:
    """A 503 says when to try again."""
    assert int(log_down(wire).headers["retry-after"]) > 0


@pytest.mark.parametrize("path", SAME_ADDRESS)
def test_slashes_and_zeros_do_not_matter(wire: Wire, path: str) -> None:
    """Trailing slash: accept without and with repeated slashes."""
    assert at(path + "?sentry_key={key}")(wire).status == 200


@pytest.mark.parametrize("packed", [PACKED, PACKED.translate(FOR_ADDRESSES), PLAIN])
def test_an_event_in_a_picture(wire: Wire, packed: bytes) -> None:
    """GET on `store` takes the event from the address, and answers with a picture of one pixel."""
    told = wire.ask("GET", f"/api/{wire.number}/store/?sentry_key={wire.key}&sentry_data={quote(packed)}")
    assert (told.status, told.headers["content-type"], told.content[:6]) == (200, "image/gif", b"GIF89a")
    assert (told.content[6:10], told.fates) == (b"\1\0\1\0", {"error accepted": 1})


@pytest.mark.parametrize("endpoint", ADDRESSES)
def test_a_preflight_needs_no_key(wire: Wire, endpoint: str) -> None:
    """Browsers behind a proxy ask first."""
    told = wire.ask("OPTIONS", f"/api/{wire.number}/{endpoint}", b"", {"Origin": "https://shop.example"})
    assert told.status == 200
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["access-control-allow-methods"] == ADDRESSES[endpoint]
    assert told.headers["access-control-max-age"] == "3600"
    assert set(ALLOWED) <= set(told.headers["access-control-allow-headers"].split(", "))


@pytest.mark.parametrize(
    "path",
    ["/api/{number}/envelope/?sentry_key=%00", "/api/{number}/what/", "/api/{number}/envelope/?sentry_key={key}&a=%00"],
)
def test_the_frameworks_errors_may_be_read(wire: Wire, path: str) -> None:
    """An error that intake did not give itself has the CORS headers too."""
    told = at(path)(wire)
    assert told.status in {400, 404}
    assert told.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("select", None, OSError("gone")), 503), (RuntimeError("a fault"), 500)]
)
def test_a_fault_of_ours_may_be_read(tmp_path: Path, error: Exception, status: int) -> None:
    """That the store is away, or that we failed, is no reason for a page to be silent for a minute."""
    with receiving(tmp_path) as wire:
        wire.serving.services.intake._keys = NoStore(error)  # type: ignore[assignment]  # it is asked for one thing only
        told = wire.post()
        assert told.status == status
        assert told.headers["access-control-allow-origin"] == "*"
