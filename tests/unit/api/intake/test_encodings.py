"""Content encodings and their bound."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
import zstandard

from api.intake.opening.encodings import begin, decode
from api.intake.refusal import Refusal

TEXT = b'{"type":"event"}\n' * 5_000


def raw_deflate(body: bytes) -> bytes:
    encoder = zlib.compressobj(wbits=-15)
    return encoder.compress(body) + encoder.flush()


def brotli_encode(body: bytes) -> bytes:
    encoded: bytes = brotli.compress(body)
    return encoded


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "brotli": ("br", brotli_encode),
    "zstandard": (" zstd ", zstandard.ZstdCompressor().compress),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_a_body_comes_out_as_it_went_in(name: str) -> None:
    """Each encoding is decoded, whatever the case of its name."""
    encoding, encode = ENCODERS[name]
    assert decode(encoding, encode(TEXT)) == TEXT


@pytest.mark.parametrize("encoding", ["", "identity", "utf-8", "compress"])
def test_an_unknown_encoding_is_identity(encoding: str) -> None:
    """An encoding that nobody knows leaves the body as it is."""
    assert decode(encoding, TEXT) == TEXT


@pytest.mark.parametrize("cut", [1, 4, 10, 20])
@pytest.mark.parametrize("name", ENCODERS)
def test_a_truncated_stream_is_refused(name: str, cut: int) -> None:
    """A stream that ends too early is a 400, never a part of a body."""
    encoding, encode = ENCODERS[name]
    with pytest.raises(Refusal) as raised:
        decode(encoding, encode(TEXT)[:-cut])
    assert raised.value.status == 400


@pytest.mark.parametrize("body", [b"", b"garbage", b"\x1f\x8b", b"\x78\x9c", b"\x28\xb5\x2f\xfd", b"\xff" * 100])
@pytest.mark.parametrize("name", ENCODERS)
def test_garbage_is_refused(name: str, body: bytes) -> None:
    """What is no stream of its encoding is a 400."""
    with pytest.raises(Refusal) as raised:
        decode(ENCODERS[name][0], body)
    assert raised.value.status == 400


@pytest.mark.parametrize("name", ENCODERS)
def test_a_body_of_just_the_limit_passes(name: str) -> None:
    """The bound itself is allowed, one byte more is not."""
    encoding, encode = ENCODERS[name]
    assert decode(encoding, encode(TEXT), len(TEXT)) == TEXT
    with pytest.raises(Refusal) as raised:
        decode(encoding, encode(TEXT), len(TEXT) - 1)
    assert raised.value.status == 413


@pytest.mark.parametrize("name", ENCODERS)
def test_a_bomb_costs_little_memory(name: str) -> None:
    """40 MB of zeros in a few bytes are refused after the bound of 1 MB, at the price of a few more."""
    encoding, encode = ENCODERS[name]
    bomb = encode(bytes(40_000_000))
    tracemalloc.start()
    with pytest.raises(Refusal) as raised:
        decode(encoding, bomb, 1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert raised.value.status == 413
    assert peak < 20_000_000


@pytest.mark.parametrize("name", ENCODERS)
def test_the_begin_of_a_body(name: str) -> None:
    """It is there without the rest: of one that is longer than may be decoded, too, and in two layers."""
    encoding, encode = ENCODERS[name]
    for many in (1, 300):
        assert begin(encoding, encode(TEXT * many), 100) == TEXT[:100]
    assert begin(f"gzip, {encoding}", encode(gzip.compress(TEXT)), 100) == TEXT[:100]
    assert begin(encoding, encode(b"short"), 100) == b"short"
    assert begin("", b"short", 100) == b"short"
    with pytest.raises(Refusal):
        begin(encoding, b"\xff" * 100, 100)
