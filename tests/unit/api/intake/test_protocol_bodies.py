"""sentry-protocol.md, 1.4, row by row: how a body may be packed. Over the whole application."""

import gzip
import zlib
from collections.abc import Callable, Iterator

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
import zstandard

from api.intake.limits import MAX_BODY_BYTES, MAX_COMPRESSED_BYTES
from tests.fakes.protocol import SENT, Wire

Pack = Callable[[bytes], bytes]


def raw_deflate(body: bytes) -> bytes:
    encoder = zlib.compressobj(wbits=-15)
    return encoder.compress(body) + encoder.flush()


def quick_brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=1)
    return packed


def plain(body: bytes) -> bytes:
    return body


zstd = zstandard.ZstdCompressor().compress

TAKEN: dict[str, tuple[str, Pack]] = {
    "identity": ("identity", plain),
    "none stated": ("", plain),
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate (= zlib RFC 1950)": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", quick_brotli),
    "zstd": ("zstd", zstd),
    "capitals": ("GZip", gzip.compress),
    "unknown value treated as identity": ("rot13", plain),
    "unknown value beside a known one": ("gzip, rot13", gzip.compress),
    "several, in the order of their application": ("gzip, br", lambda body: quick_brotli(gzip.compress(body))),
}
REFUSED: dict[str, tuple[str, bytes, int]] = {
    "gzip that is none": ("gzip", SENT, 400),
    "deflate that is none": ("deflate", b"\xff" * 50, 400),
    "br that is none": ("br", SENT, 400),
    "zstd that is none": ("zstd", SENT, 400),
    "gzip that ends too early": ("gzip", gzip.compress(SENT)[:-5], 400),
    "two streams in a row": ("gzip", gzip.compress(SENT) + gzip.compress(SENT), 400),
    "three encodings": ("gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(SENT))), 400),
    "a bomb of gzip": ("gzip", gzip.compress(bytes(MAX_BODY_BYTES + 1)), 413),
    "a bomb of deflate": ("deflate", zlib.compress(bytes(MAX_BODY_BYTES + 1)), 413),
    "a bomb of raw deflate": ("deflate", raw_deflate(bytes(MAX_BODY_BYTES + 1)), 413),
    "a bomb of br": ("br", quick_brotli(bytes(MAX_BODY_BYTES + 1)), 413),
    "a bomb of zstd": ("zstd", zstd(bytes(MAX_BODY_BYTES + 1)), 413),
    "a bomb in a bomb": ("gzip, gzip", gzip.compress(gzip.compress(bytes(10 * MAX_BODY_BYTES))), 413),
    "more than may travel": ("", b"x" * (MAX_COMPRESSED_BYTES + 1), 413),
}
CONTENT_TYPES = ["application/x-sentry-envelope", "text/plain;charset=UTF-8", "application/json", "nonsense"]


@pytest.mark.parametrize("row", TAKEN)
def test_an_encoding_is_undone(wire: Wire, row: str) -> None:
    """What was packed arrives as it was."""
    stated, pack = TAKEN[row]
    told = wire.post(pack(SENT), content_encoding=stated) if stated else wire.post(SENT)
    assert (told.status, told.fates) == (200, {"error accepted": 1})


@pytest.mark.parametrize("row", REFUSED)
def test_a_bad_body_is_told(wire: Wire, row: str) -> None:
    """A broken stream is a 400, one that grows beyond the bound a 413, and each is one invalid item of the ledger."""
    stated, body, status = REFUSED[row]
    told = wire.post(body, content_encoding=stated)
    assert told.status == status
    assert told.values == ()
    assert told.fates == {"other invalid": 1}


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_the_content_type_is_ignored(wire: Wire, kind: str) -> None:
    """On `envelope`, the body says what it is."""
    assert wire.post(content_type=kind).status == 200


def test_a_body_may_come_in_chunks(wire: Wire) -> None:
    """Node announces neither length nor type."""

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(SENT), 7):
            yield SENT[start : start + 7]

    answer = wire.serving.client.post(f"/api/{wire.number}/envelope/", content=pieces(), headers=wire.auth)
    assert answer.status_code == 200
