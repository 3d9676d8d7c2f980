"""Content encodings, decoded with a bound: a bomb is noticed when it passes it, not when it has filled the memory."""

import zlib
from collections.abc import Callable, Mapping

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard

from api.intake.limits import MAX_BODY_BYTES
from api.intake.refusal import bad_compression, too_large

PIECE_BYTES = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS
RAW_DEFLATE = -zlib.MAX_WBITS
MOST_ENCODINGS = 2
"""One by the SDK and one by a proxy; each costs the time of a whole body."""
ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
"""What a decoder must be able to keep (RFC 8878, 3.1.1.1.2); a frame that asks for more is refused."""
ZSTD_BITE_BYTES = 256
"""Fed at once: the smallest block that gives the most is 4 bytes for 128 KiB, so a bite gives at most 8 MiB."""


def decode(encodings: str, body: bytes, limit: int = MAX_BODY_BYTES) -> bytes:
    """The body without its ``Content-Encoding``: several in the order in which they were applied (RFC 9110, 8.4).

    An unknown one is taken as identity. Raises `Refusal` for a broken or truncated stream (400) and for more than
    ``limit`` bytes (413), at any step.
    """
    for name in _undone(encodings):
        body = _decode(name, body, limit)
    return body


def begin(encodings: str, body: bytes, size: int) -> bytes:
    """The first ``size`` bytes of what `decode` gives, or all of it; of the last step, no more is decoded.

    Raises `Refusal` for what is broken up to there.
    """
    *first, last = _undone(encodings) or ("",)
    for name in first:
        body = _decode(name, body, MAX_BODY_BYTES)
    return (_decoded(last, body, size) if last else body)[:size]


def _undone(encodings: str) -> list[str]:
    """The known ones, in the order in which they are undone."""
    stated = [name for one in encodings.lower().split(",") if (name := one.strip()) in DECODERS]
    if len(stated) > MOST_ENCODINGS:
        raise bad_compression(f"{len(stated)} encodings, and {MOST_ENCODINGS} is the most")
    return stated[::-1]


def _decode(encoding: str, body: bytes, limit: int) -> bytes:
    decoded = _decoded(encoding, body, limit + 1)
    if len(decoded) > limit:
        raise too_large("envelope", limit)
    return decoded


def _decoded(encoding: str, body: bytes, most: int) -> bytes:
    """Not much more than ``most`` bytes of it."""
    try:
        return DECODERS[encoding](body, most)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise bad_compression(f"{encoding}: {error}") from error


def _gzip(body: bytes, most: int) -> bytes:
    return _zlib(body, most, GZIP)


def _deflate(body: bytes, most: int) -> bytes:
    """RFC 9110 says zlib; some clients send raw deflate. The two differ in their first bytes (RFC 1950, 2.2)."""
    is_zlib = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0  # noqa: PLR2004
    return _zlib(body, most, zlib.MAX_WBITS if is_zlib else RAW_DEFLATE)


def _zlib(body: bytes, most: int, window: int) -> bytes:
    decoder = zlib.decompressobj(window)
    decoded = decoder.decompress(body, most)
    if len(decoded) < most and not decoder.eof:
        raise bad_compression("the stream ends too early")
    if decoder.unused_data.strip(b"\0"):
        raise bad_compression("the stream goes on after its end: send one, not several in a row")
    return decoded


def _brotli(body: bytes, most: int) -> bytes:
    decoder = brotli.Decompressor()
    pieces, size = [decoder.process(body, output_buffer_limit=PIECE_BYTES)], 0
    while (size := size + len(pieces[-1])) < most and not decoder.is_finished():
        if not pieces[-1]:
            raise bad_compression("the stream ends too early")
        pieces.append(decoder.process(b"", output_buffer_limit=PIECE_BYTES))
    return b"".join(pieces)


def _zstandard(body: bytes, most: int) -> bytes:
    decoder = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES).decompressobj()
    pieces, size = [], 0
    for start in range(0, len(body), ZSTD_BITE_BYTES):
        pieces.append(decoder.decompress(body[start : start + ZSTD_BITE_BYTES]))
        size += len(pieces[-1])
        if decoder.eof or size >= most:
            return b"".join(pieces)
    raise bad_compression("the stream ends too early")


DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstandard,
}
