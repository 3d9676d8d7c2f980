"""Intake over HTTP: addresses, codes, CORS, and requests that mean harm."""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
import zstandard

from models.wire.topics import ERRORS, LEDGER, SESSIONS
from tests.fakes.intake import KEY, NUMBER, URL, Serving, envelope, serving

EVENT = {"event_id": "a" * 32, "message": "boom", "release": "shop@1.0"}
GOOD = envelope(("event", EVENT))
BOMB = bytes(30_000_000)


@pytest.fixture
def served() -> Iterator[Serving]:
    with serving() as started:
        yield started


@pytest.mark.parametrize(
    "path",
    [
        "/api/42/envelope/",
        "/api/42/envelope",
        "/api/42/envelope//",
        "/api//42//envelope/",
        "//api/42/envelope/",
        "/api/0042/envelope/",
    ],
)
def test_slashes_do_not_matter(served: Serving, path: str) -> None:
    """The address is the same with, without and with repeated slashes."""
    answer = served.client.post(f"http://testserver{path}", content=GOOD)
    assert (answer.status_code, answer.json()) == (200, {"id": "a" * 32})


def test_an_answer_comes_after_the_append(served: Serving) -> None:
    """When a client has its 200, the log has its event."""
    assert served.client.post(URL, content=GOOD).status_code == 200
    assert [value["event"]["event_id"] for value in served.values(ERRORS)] == ["a" * 32]


@pytest.mark.parametrize("body", [b"{}", b"{}\n", envelope(("what", {}))])
def test_an_envelope_without_an_event_has_no_id(served: Serving, body: bytes) -> None:
    """Headers alone, and items that are not kept, are answered 200 with an empty object."""
    answer = served.client.post(URL, content=body)
    assert (answer.status_code, answer.json()) == (200, {})


def test_good_items_survive_bad_neighbours(served: Serving) -> None:
    """One broken item costs the others nothing."""
    session = {"sid": "b" * 32, "started": 1_795_390_700, "attrs": {"release": "shop@1.0"}}
    body = envelope(("session", b"junk"), ("event", b"{broken"), ("session", session), ("attachment", b"\x00"))
    assert served.client.post(URL, content=body).status_code == 200
    assert len(served.values(SESSIONS)) == 1
    assert dict(served.totals) == {
        ("session", "invalid"): 1,
        ("error", "invalid"): 1,
        ("session", "accepted"): 1,
        ("other", "filtered"): 1,
    }


@pytest.mark.parametrize(
    "body",
    [json.dumps(EVENT).encode(), base64.b64encode(zlib.compress(json.dumps(EVENT).encode())), b"  {}  "],
)
def test_the_old_endpoint_takes_a_bare_event(served: Serving, body: bytes) -> None:
    """`store` takes an event as JSON, and as base64 of zlib, which nothing declares."""
    answer = served.client.post(f"/api/{NUMBER}/store/", content=body)
    assert answer.status_code == 200
    assert answer.json()["id"] == served.values(ERRORS)[0]["event"]["event_id"]


def test_a_preflight_is_answered(served: Serving) -> None:
    """A browser behind a proxy may ask first; it needs no key."""
    served.client.headers.pop("x-sentry-auth")
    answer = served.client.options(URL, headers={"Origin": "https://shop", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-sentry-auth" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_wrong_method_is_told(served: Serving, method: str) -> None:
    """Any other method is a 405 that a browser may read."""
    answer = served.client.request(method, URL)
    assert answer.status_code == 405
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_dsn_in_the_envelope_is_enough(served: Serving) -> None:
    """A tunnel sends neither header nor query."""
    served.client.headers.pop("x-sentry-auth")
    body = envelope(("event", EVENT), headers={"dsn": f"https://{KEY}@host/{NUMBER}"})
    assert served.client.post(URL, content=body).status_code == 200


def test_a_log_that_is_down_is_a_503(served: Serving) -> None:
    """While the log is away nothing is acknowledged: 503, when to retry, and no fate in the ledger."""
    served.log.down = True
    answer = served.client.post(URL, content=GOOD)
    served.log.down = False
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["access-control-allow-origin"] == "*"
    assert served.intake.unavailable == 1
    assert dict(served.totals) == {}
    assert served.client.post(URL, content=GOOD).status_code == 200


def test_counts_reach_the_ledger_at_the_end() -> None:
    """Stopping intake appends what it has counted."""
    with serving() as served:
        served.client.post(URL, content=GOOD)
    assert served.values(LEDGER)[0]["counts"] == [{"category": "error", "fate": "accepted", "count": 1}]


def query(key: str) -> str:
    return f"{URL}?sentry_key={key}"


Hostile = tuple[str, bytes, dict[str, str], int]
HOSTILE: dict[str, Hostile] = {
    "no body": (URL, b"", {}, 400),
    "only a newline": (URL, b"\n", {}, 400),
    "no JSON": (URL, b"hello", {}, 400),
    "bad UTF-8": (URL, b"\xff\xfe\xfd", {}, 400),
    "a string": (URL, b'"x"', {}, 400),
    "item length beyond the end": (URL, b'{}\n{"type":"event","length":999999999999}\n{}', {}, 400),
    "item length negative": (URL, b'{}\n{"type":"event","length":-5}\n{}', {}, 400),
    "item without a type": (URL, b"{}\n{}\n{}", {}, 400),
    "countless items": (URL, b"{}" + b'\n{"type":"a"}\n' * 200_000, {}, 413),
    "deep header": (URL, b'{"a":' * 2_000, {}, 400),
    "long header": (URL, b'{"a":"' + b"x" * 100_000 + b'"}', {}, 400),
    "only a broken event": (URL, envelope(("event", b"{oops")), {}, 400),
    "only a deep event": (URL, envelope(("event", b'{"a":' + b"[" * 400_000)), {}, 400),
    "only a large event": (URL, envelope(("event", {"message": "x" * 2_000_000})), {}, 413),
    "only a broken session": (URL, envelope(("session", b"{oops")), {}, 200),
    "lone surrogates": (URL, envelope(("event", rb'{"message":"\ud800\udfff\ud800"}')), {}, 200),
    "NUL": (URL, envelope(("event", rb'{"message":"\u0000","\u0000":1}')), {}, 200),
    "NaN": (URL, envelope(("event", b'{"extra":{"a":NaN}}')), {}, 200),
    "huge integers": (URL, envelope(("event", b'{"timestamp":' + b"9" * 4_000 + b"}")), {}, 200),
    "endless integer": (URL, envelope(("event", b'{"timestamp":' + b"9" * 400_000 + b"}")), {}, 400),
    "time of the year 9999": (URL, envelope(("event", {"timestamp": 253402300799})), {}, 200),
    "time before 1970": (URL, envelope(("event", {"timestamp": -1e18})), {}, 200),
    "sent at the end of time": (URL, envelope(("event", EVENT), headers={"sent_at": "9999-12-31T23:59:59Z"}), {}, 200),
    "sent at no time": (URL, envelope(("event", EVENT), headers={"sent_at": {"a": 1}}), {}, 200),
    "event id an object": (URL, envelope(("event", EVENT), headers={"event_id": {}}), {}, 200),
    "truncated gzip": (URL, gzip.compress(GOOD)[:-6], {"Content-Encoding": "gzip"}, 400),
    "no gzip": (URL, GOOD, {"Content-Encoding": "gzip"}, 400),
    "no brotli": (URL, GOOD, {"Content-Encoding": "br"}, 400),
    "gzip of nothing": (URL, gzip.compress(b""), {"Content-Encoding": "gzip"}, 400),
    "unknown encoding": (URL, GOOD, {"Content-Encoding": "rot13"}, 200),
    "gzip bomb": (URL, gzip.compress(BOMB), {"Content-Encoding": "gzip"}, 413),
    "deflate bomb": (URL, zlib.compress(BOMB), {"Content-Encoding": "deflate"}, 413),
    "brotli bomb": (URL, brotli.compress(BOMB, quality=1), {"Content-Encoding": "br"}, 413),
    "zstandard bomb": (URL, zstandard.ZstdCompressor().compress(BOMB), {"Content-Encoding": "zstd"}, 413),
    "a body too large": (URL, b"x" * 5_300_000, {}, 413),
    "wrong key": (URL, GOOD, {"X-Sentry-Auth": f"Sentry sentry_key={'f' * 32}"}, 403),
    "short key": (URL, GOOD, {"X-Sentry-Auth": "Sentry sentry_key=abc"}, 400),
    "two keys": (query("f" * 32), GOOD, {}, 401),
    "the same key twice": (query(KEY), GOOD, {}, 200),
    "no key": (URL, GOOD, {"X-Sentry-Auth": ""}, 401),
    "no key, no envelope": (URL, b"", {"X-Sentry-Auth": ""}, 400),
    "unknown project": ("/api/43/envelope/", GOOD, {}, 403),
    "project no number": ("/api/abc/envelope/", GOOD, {}, 400),
    "project beyond integers": (f"/api/{'9' * 400}/envelope/", GOOD, {}, 400),
    "dsn of another project": (URL, envelope(headers={"dsn": f"https://{KEY}@host/7"}), {}, 400),
    "dsn no text": (URL, envelope(headers={"dsn": [1]}), {}, 400),
    "version of the future": (f"{query(KEY)}&sentry_version=99", GOOD, {}, 400),
    "store without a body": (f"/api/{NUMBER}/store/", b"", {}, 400),
    "store of garbage": (f"/api/{NUMBER}/store/", b"@@@@", {}, 400),
    "store of a base64 bomb": (f"/api/{NUMBER}/store/", base64.b64encode(zlib.compress(BOMB)), {}, 413),
    "store of broken JSON": (f"/api/{NUMBER}/store/", b"{", {}, 400),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_requests_get_a_clear_answer(served: Serving, name: str) -> None:
    """Each hostile request gets its code, a reason, and CORS headers; intake serves on."""
    path, body, headers, status = HOSTILE[name]
    answer = served.client.post(path, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    if status != 200:
        assert answer.json()["detail"]
        assert answer.headers["x-sentry-error"]
        assert served.values(ERRORS) == []
    assert served.client.post(URL, content=GOOD).status_code == 200


def test_a_body_without_a_length_is_cut_off(served: Serving) -> None:
    """A chunked body, which announces no length, is read no further than the bound."""
    answer = served.client.post(URL, content=(b"x" * 100_000 for _ in range(200)))
    assert answer.status_code == 413
