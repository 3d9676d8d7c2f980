"""Bodies that may arrive at intake: noise, recordings of SDKs with bytes changed, and envelopes of odd items.

What SDKs really send is the beginning of most, so that what is odd stands where an item's own code looks at it.
"""

import gzip
import json
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard
from hypothesis import strategies as some

from api.intake.kinds.items import KEPT
from api.intake.opening.envelope import parse

RECORDINGS = Path(__file__).parents[1] / "data" / "envelopes"
KINDS = (*KEPT, "client_report", "attachment", "transaction", "what")
TOKENS = (
    b"\n", b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\0", b"\xff", b"null", b"NaN", b"-0", b"1e999", b"9" * 50,
    b"\\u0000", b"\\ud800", b'"length":0', b'{"type":"event"}\n', b"{}\n", b"[" * 200, b"{{ default }}",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**53, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308, -0.0, "", " ", "\0", "\ud800",
    "{{auto}}", "{{ default }}", "0" * 32, "a" * 32, "a" * 300, "latest", "shop@1.0", "%s %d %(a)s", "http://[",
    "2026-11-22T23:39:00Z", "9999-12-31T23:59:59Z", "0000-00-00", "https://a:b@c/?token=x", "4111 1111 1111 1111",
    "a@b.example", "\u202e\U0001f4a5", [], {}, [[]], [None], [{}], {"values": []}, {"values": None},
    {"frames": [None]}, {"": {"": []}},
)  # fmt: skip

leaves = some.sampled_from(ODD) | some.integers() | some.floats() | some.text(max_size=20)
values = some.recursive(
    leaves, lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4)
)


@lru_cache(maxsize=1)
def recordings() -> tuple[bytes, ...]:
    """Whole envelopes, decoded."""
    return tuple(path.read_bytes() for path in sorted(RECORDINGS.glob("*.bin")))


@lru_cache(maxsize=1)
def payloads() -> tuple[tuple[str, Any], ...]:
    """The items of all recordings, of each kind that intake reads."""
    items = [item for body in recordings() for item in parse(body).items]
    return tuple((item.kind, json.loads(item.payload)) for item in items if item.kind in KEPT)


@some.composite
def changed(draw: some.DrawFn) -> bytes:
    """A recording with some of its bytes cut, replaced or doubled."""
    body = bytearray(draw(some.sampled_from(recordings())))
    for _ in range(draw(some.integers(1, 6))):
        start = draw(some.integers(0, len(body)))
        end = min(len(body), start + draw(some.sampled_from([0, 0, 1, 2, 10, 100, 1_000])))
        body[start:end] = draw(
            some.sampled_from(TOKENS) | some.binary(max_size=8) | some.just(bytes(body[start:end]) * 2)
        )
    return bytes(body)


@some.composite
def odd_payload(draw: some.DrawFn) -> tuple[str, Any]:
    """An item of a recording with something else in a few of its places."""
    kind, value = draw(some.sampled_from(payloads()))
    for _ in range(draw(some.integers(1, 4))):
        value = _replaced(draw, value)
    return draw(some.sampled_from([kind, kind, kind, *KINDS])), value


def _replaced(draw: some.DrawFn, value: Any) -> Any:
    """Go down a path that is drawn, and put something else at its end."""
    names = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    if not names or draw(some.integers(0, 6)) == 0:
        return draw(values)
    name = draw(some.sampled_from(list(names)))
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[name] = _replaced(draw, copy[name])
    return copy


def encode(value: Any) -> bytes:
    """JSON as clients write it, and as they should not: NaN and lone surrogates stay."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


@some.composite
def odd_envelope(draw: some.DrawFn) -> bytes:
    """An envelope of odd items under an odd header."""
    names = some.sampled_from(["event_id", "sent_at", "dsn", "sdk", "trace"])
    lines = [encode(draw(some.dictionaries(names, leaves, max_size=3)))]
    for _ in range(draw(some.integers(0, 4))):
        kind, value = draw(odd_payload() | some.tuples(some.sampled_from(KINDS), values))
        payload = encode(value)
        header: dict[str, Any] = {"type": kind}
        if draw(some.booleans()):
            header["length"] = draw(some.just(len(payload)) | leaves)
        lines += [encode(header), payload]
    return b"\n".join(lines) + draw(some.sampled_from([b"", b"\n", b"\n\n"]))


bodies = some.binary(max_size=200) | changed() | odd_envelope()
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=1),
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
}


@some.composite
def packed(draw: some.DrawFn) -> tuple[str, bytes]:
    """A body and the encoding it says it has, which is mostly true."""
    said = draw(some.sampled_from(list(PACKERS)))
    body = PACKERS[draw(some.sampled_from([said, said, said, *PACKERS]))](draw(bodies))
    cut = draw(some.sampled_from([0, 0, 0, 1, 5]))
    return said, body[: len(body) - cut]
