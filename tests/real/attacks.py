"""Requests that mean harm, byte by byte as they go over the wire, and what each must come to.

Each is sent to a project of its own, so that the ledger shows what became of just this one. They are used by
`tests/integration/test_hostile.py`, and by `benchmarks/hostile.py` against the rate of others.
"""

import base64
import gzip
import json
import re
import socket
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard

from tests.fakes.intake import envelope
from tests.real.process import LOOPBACK

PATIENCE_SECONDS = 60
"""For an answer; far more than any takes, so that only a hanging server fails."""
DRIP_SECONDS = 0.5
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
EVENT_ID = "a" * 32
EVENT: dict[str, Any] = {"event_id": EVENT_ID, "message": "boom", "release": "shop@1.0"}
SESSION = {"sid": "b" * 32, "started": "2026-11-22T23:39:00Z", "attrs": {"release": "shop@1.0"}}
GOOD = envelope(("event", EVENT))
BOMB = bytes(64 * 1024 * 1024)
TAKEN = {"error accepted": 1, "error stored": 1}
REFUSED = {"other invalid": 1}
BROKEN = {"error invalid": 1}
NOTHING: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Target:
    port: int
    number: int
    key: str


Bytes: TypeAlias = Callable[[Target], bytes]


@dataclass(frozen=True, slots=True)
class Attack:
    sent: Bytes
    statuses: tuple[int, ...]
    """Of its answers, in order; none where there is nobody left to answer."""
    fates: Mapping[str, int]
    """Its line in the ledger, after the consumers have read it too."""


def request(body: bytes = GOOD, path: str = "envelope/", method: str = "POST", **headers: str) -> Bytes:
    """A whole request; headers with ``_`` for ``-``, an empty one is left out."""

    def make(target: Target) -> bytes:
        told = {"host": "x", "x-sentry-auth": f"Sentry sentry_key={target.key}", "content-length": str(len(body))}
        told |= {name.replace("_", "-"): text for name, text in headers.items()}
        lines = [f"{method} /api/{target.number}/{path} HTTP/1.1"]
        lines += [f"{name}: {text}" for name, text in told.items() if text]
        return "\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1") + body

    return make


def of(body: bytes, status: int, fates: Mapping[str, int], path: str = "envelope/", **headers: str) -> Attack:
    return Attack(request(body, path, **headers), (status,), fates)


def event(payload: bytes, status: int = 200) -> Attack:
    """An envelope with one event, whose JSON is ``payload``."""
    return of(envelope(("event", payload)), status, TAKEN if status == 200 else BROKEN)


def wrong(value: Any) -> Attack:
    """An event with ``value`` wherever an SDK puts something."""
    return event(json.dumps(dict.fromkeys(FIELDS, value)).encode())


def packed(encoding: str, pack: Callable[[bytes], bytes]) -> Attack:
    return of(pack(BOMB), 413, REFUSED, content_encoding=encoding)


def chunked(*chunks: bytes) -> Bytes:
    return request(b"".join(chunks), content_length="", transfer_encoding="chunked")


def pipelined(count: int) -> Bytes:
    def make(target: Target) -> bytes:
        bodies = [envelope(("event", EVENT | {"event_id": f"{number:032x}"})) for number in range(1, count + 1)]
        made = [request(body)(target) for body in bodies]
        return b"".join(one.replace(b"connection: close", b"connection: keep-alive") for one in made[:-1]) + made[-1]

    return make


def raw(text: bytes) -> Bytes:
    return lambda _: text


def bomb_of_brotli(body: bytes) -> bytes:
    made: bytes = brotli.compress(body, quality=1)
    return made


# fmt: off
FIELDS = (
    "timestamp", "message", "logentry", "exception", "stacktrace", "threads", "tags", "user", "level", "fingerprint",
    "environment", "platform", "contexts", "breadcrumbs", "request", "sdk", "extra", "modules", "server_name", "logger",
    "transaction", "dist", "release", "errors", "debug_meta", "type", "culprit", "checksum",
)
# fmt: on
WIDE = b"\x28\xb5\x2f\xfd\x00\xa0\x00\x00\x00"
DEEP = b"[" * 200_000
NESTED: Any = {"values": [{"values": [{"type": {"a": [1]}, "value": [[]], "stacktrace": {"frames": [[{}], None, 7]}}]}]}
NO_AGGREGATES: tuple[Any, ...] = (7, [7], {}, [[]], "x")
MANY = b'{"' + b'":1,"'.join(b"%d" % number for number in range(80_000)) + b'":1}'

ATTACKS: dict[str, Attack] = {
    # Bombs.
    "bomb of gzip": packed("gzip", gzip.compress),
    "bomb of deflate": packed("deflate", zlib.compress),
    "bomb of raw deflate": packed("deflate", lambda body: zlib.compress(body)[2:-4]),
    "bomb of brotli": packed("br", bomb_of_brotli),
    "bomb of zstandard": packed("zstd", zstandard.ZstdCompressor().compress),
    "bomb in a bomb": packed("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
    "bomb in base64": of(base64.b64encode(zlib.compress(BOMB)), 413, REFUSED, "store/"),
    "bomb of encodings": of(GOOD, 400, REFUSED, content_encoding=", ".join(["gzip"] * 500)),
    "zstandard that asks for a huge window": of(WIDE, 400, REFUSED, content_encoding="zstd"),
    "truncated gzip": of(gzip.compress(GOOD)[:-6], 400, REFUSED, content_encoding="gzip"),
    "garbage as brotli": of(b"\xff" * 1_000, 400, REFUSED, content_encoding="br"),
    # Lengths.
    "item length beyond the end": of(b'{}\n{"type":"event","length":999999999999}\n{}', 400, REFUSED),
    "item length of 8,000 digits": of(b'{}\n{"type":"event","length":' + b"9" * 8_000 + b"}\n{}", 400, REFUSED),
    "item length negative": of(b'{}\n{"type":"event","length":-5}\n{}', 400, REFUSED),
    "item length an exponent": of(b'{}\n{"type":"event","length":1e999}\n{}', 400, REFUSED),
    "content length negative": Attack(request(content_length="-1"), (400,), NOTHING),
    "content length no number": Attack(request(content_length="ten"), (400,), NOTHING),
    "content length without end": Attack(request(content_length="9" * 40), (400,), NOTHING),
    "content length of 4 GB": of(b"{}", 413, REFUSED, content_length="4294967296"),
    "content length twice": Attack(request(content_length="2\r\ncontent-length: 3"), (400,), NOTHING),
    "content length and chunks": Attack(
        request(b"0\r\n\r\n", content_length="5", transfer_encoding="chunked"), (400,), NOTHING
    ),
    "body longer than it may be": of(b"x" * 5_300_000, 413, REFUSED),
    "body that ends too early": Attack(request(content_length="1000"), (), REFUSED),
    # Chunks.
    "chunks of bad size": Attack(chunked(b"ZZ\r\n{}\r\n0\r\n\r\n"), (400,), REFUSED),
    "chunk of endless size": Attack(chunked(b"FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"), (400,), REFUSED),
    "chunk of negative size": Attack(chunked(b"-2\r\n{}\r\n0\r\n\r\n"), (400,), REFUSED),
    "chunks that end too early": Attack(chunked(b"5\r\n{}"), (), REFUSED),
    "chunks of a byte": Attack(chunked(*[b"1\r\n%c\r\n" % byte for byte in GOOD], b"0\r\n\r\n"), (200,), TAKEN),
    "chunks beyond the bound": Attack(chunked(*[b"10000\r\n" + b"x" * 65_536 + b"\r\n"] * 90), (413,), REFUSED),
    # Lines.
    "header line of 1 MB in the envelope": of(b'{"a":"' + b"x" * 1_000_000 + b'"}\n', 400, REFUSED),
    "header line of 1 MB of an item": of(b'{}\n{"type":"' + b"x" * 1_000_000 + b'"}\n', 400, REFUSED),
    "header line of 1 MB of HTTP": Attack(request(x_a="y" * 1_000_000), (431,), NOTHING),
    "100,000 headers of HTTP": Attack(request(x_a="y\r\nx-b: z" * 50_000), (431,), NOTHING),
    "address of 1 MB": Attack(request(path="envelope/?" + "a" * 1_000_000), (431,), NOTHING),
    "credentials of 60 KB": Attack(request(x_sentry_auth="Sentry " + "a" * 60_000), (401,), NOTHING),
    "countless items": of(b"{}" + b'\n{"type":"a"}\n' * 200_000, 413, REFUSED),
    "a thousand items": of(b"{}" + b'\n{"type":"a"}\n' * 1_000, 200, {"other filtered": 1_000}),
    "thousands of sessions": of(
        envelope(*[("session", SESSION)] * 999),
        200,
        {"session accepted": 100, "session stored": 1, "session duplicate": 99, "session invalid": 899},
    ),
    # JSON.
    "deep header": of(b'{"a":' + DEEP, 400, REFUSED),
    "deep event": event(b'{"a":' + DEEP, 400),
    "event of a hundred levels": event(b'{"extra":' + b"[" * 100 + b"]" * 100 + b"}"),
    "deep report of a browser": of(DEEP, 400, REFUSED, "security/"),
    "countless fields": event(MANY),
    "huge integer": event(b'{"timestamp":' + b"9" * 4_000 + b',"extra":{"a":-' + b"9" * 4_000 + b"}}"),
    "endless integer": event(b'{"timestamp":' + b"9" * 400_000 + b"}"),
    "huge float": event(b'{"timestamp":1e999,"extra":{"a":-1e999}}'),
    "NaN and infinities": event(b'{"timestamp":NaN,"extra":{"a":Infinity,"b":-Infinity}}'),
    "lone surrogates": event(rb'{"message":"\ud800\udfff\udc00","\ud800":1,"tags":{"\udfff":"\ud83d"}}'),
    "NUL": event(rb'{"message":"a\u0000b","\u0000":1,"release":"\u0000","user":{"id":"\u0000"}}'),
    "control characters": event(b'{"message":"a\x01\x02\x7f\x1b[31m"}'),
    "bad UTF-8": event(b'{"message":"\xff\xfe\xc0\x80"}'),
    "UTF-16": of("{}\n".encode("utf-16"), 400, REFUSED),
    "a byte-order mark": event(b"\xef\xbb\xbf" + json.dumps(EVENT).encode()),
    "the same field twice": event(b'{"message":"a","message":{"message":"b"},"user":{},"user":[]}'),
    "an event that is a list": event(b"[{}]", 400),
    "an event that is nothing": event(b"", 400),
    # Wrong types everywhere.
    "numbers everywhere": wrong(-1.5),
    "true everywhere": wrong(True),  # noqa: FBT003 - it is the value
    "lists everywhere": wrong([[], [None, [1]], {}]),
    "objects everywhere": wrong({"values": 7, "frames": "x", "a": {"b": []}}),
    "texts everywhere": wrong("\u202e\U0001f4a5 x"),
    "null everywhere": wrong(None),
    "nests everywhere": wrong(NESTED),
    "sessions of wrong types": of(
        envelope(*[("session", {**SESSION, name: {}}) for name in ("started", "status", "errors", "attrs", "sid")]),
        200,
        {"session invalid": 5},
    ),
    "aggregates of wrong types": of(
        envelope(*[("sessions", {"aggregates": value, "attrs": {"release": "r"}}) for value in NO_AGGREGATES]),
        200,
        {"session invalid": 5},
    ),
    "a client report of wrong types": of(
        envelope(("client_report", {"discarded_events": [7, {"category": 5}, {"category": "error", "quantity": "9"}]})),
        200,
        NOTHING,
    ),
    "a client report that claims the world": of(
        envelope(("client_report", {"discarded_events": [{"category": "error", "quantity": 10**30}]})), 200, NOTHING
    ),
    # Identity.
    "the same id twice": Attack(
        lambda target: request()(target).replace(b"connection: close", b"connection: keep-alive") + request()(target),
        (200, 200),
        {"error accepted": 2, "error stored": 1, "error duplicate": 1},
    ),
    "two events in one envelope": of(
        envelope(("event", EVENT), ("event", EVENT)), 200, {"error accepted": 1, "error stored": 1, "error invalid": 1}
    ),
    "another project's number": Attack(
        lambda target: request()(Target(target.port, target.number + 1, target.key)), (403,), NOTHING
    ),
    "nobody's number": Attack(lambda target: request()(Target(target.port, 10**17, target.key)), (403,), NOTHING),
    "a number of 18 digits and more": Attack(
        lambda target: request()(Target(target.port, 10**19, target.key)), (400,), NOTHING
    ),
    "an event that says it is another project's": event(json.dumps(EVENT | {"project": 1}).encode()),
    "a dsn of another project": of(envelope(headers={"dsn": f"https://{'f' * 32}@x/999"}), 400, REFUSED),
    "credentials beyond ASCII": Attack(request(x_sentry_auth="", authorization="Basic \x80"), (401,), NOTHING),
    "two keys": Attack(request(path=f"envelope/?sentry_key={'f' * 32}"), (401,), NOTHING),
    "sent at the end of time": of(
        envelope(("event", EVENT), headers={"sent_at": "9999-12-31T23:59:59.999999+14:00"}), 200, TAKEN
    ),
    # HTTP itself.
    "20 requests in one piece": Attack(pipelined(20), (200,) * 20, {"error accepted": 20, "error stored": 20}),
    "no HTTP": Attack(raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)), (400,), NOTHING),
    "HTTP/2 without asking": Attack(raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), (400,), NOTHING),
    "no method": Attack(request(method="BREW"), (400,), NOTHING),
    "a header without a name": Attack(raw(b"POST /api/1/envelope/ HTTP/1.1\r\n: x\r\n\r\n"), (400,), NOTHING),
    "NUL in a header": Attack(request(x_a="a\0b"), (400,), NOTHING),
    "NUL in the address": Attack(request(path="envelope/?a=%00"), (400,), NOTHING),
    "dots in the address": Attack(request(path="../../api/v1/projects/"), (404,), NOTHING),
}


@dataclass(frozen=True, slots=True)
class Stall:
    """A client that begins, and then sends ``drip`` twice a second (or nothing) until it is cut off."""

    sent: Bytes
    drip: bytes
    statuses: tuple[int, ...]
    fates: Mapping[str, int]


def begun(count: int) -> Bytes:
    """The first bytes of a good request."""
    return lambda target: request()(target)[:count]


STALLS: dict[str, Stall] = {
    "nothing at all": Stall(raw(b""), b"", (), NOTHING),
    "half a head": Stall(begun(40), b"", (408,), NOTHING),
    "a head by the byte": Stall(begun(60), b"x", (408,), NOTHING),
    "no body behind a head": Stall(request(b"", content_length="1000"), b"", (408,), REFUSED),
    "a body by the byte": Stall(request(b"{}\n", content_length="1000000"), b"x", (408,), REFUSED),
    "half a body": Stall(request(GOOD[:20], content_length=str(len(GOOD))), b"", (408,), REFUSED),
    "chunks by the byte": Stall(chunked(b"1\r\n{\r\n"), b"1\r\nx\r\n", (408,), REFUSED),
    "a second request that never ends": Stall(
        lambda target: request()(target).replace(b"connection: close", b"connection: keep-alive") + begun(60)(target),
        b"",
        (200,),
        TAKEN,
    ),
}


def stall(target: Target, one: Stall) -> tuple[int, ...]:
    """The statuses of its answers, once it was cut off. Raises `TimeoutError` if it never is."""
    until = time.monotonic() + PATIENCE_SECONDS
    with closing(socket.create_connection((LOOPBACK, target.port), DRIP_SECONDS)) as connection:
        connection.sendall(one.sent(target))
        pieces = []
        while time.monotonic() < until:
            try:
                pieces.append(connection.recv(65_536))
                if not pieces[-1]:
                    return statuses_of(b"".join(pieces))
            except TimeoutError:
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.sendall(one.drip)
            except ConnectionResetError:
                return statuses_of(b"".join(pieces))
    raise TimeoutError("it was not cut off")


def send(target: Target, attack: Attack) -> tuple[int, ...]:
    """The statuses of its answers. Where none is due, it hangs up once all is sent."""
    with closing(socket.create_connection((LOOPBACK, target.port), PATIENCE_SECONDS)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
            connection.sendall(attack.sent(target))
        return _statuses(connection) if attack.statuses else ()


def _statuses(connection: socket.socket) -> tuple[int, ...]:
    pieces = []
    with suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            pieces.append(piece)
    return statuses_of(b"".join(pieces))


def statuses_of(answers: bytes) -> tuple[int, ...]:
    return tuple(int(status) for status in STATUS.findall(answers))
