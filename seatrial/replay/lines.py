"""The lines of a replay file: ``{"topic", "key", "received_at", "value"}``, ordered by ``received_at``. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from models.wire import topics
from models.wire.times import to_milliseconds, to_text


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    """Counted from 1, as an editor shows it."""
    topic: str
    key: bytes | None
    received_at: int
    """Milliseconds since the epoch, UTC."""
    value: bytes
    project: str


@dataclass(frozen=True, slots=True)
class BadLine:
    number: int
    reason: str


class _Written(msgspec.Struct):
    topic: str
    received_at: str | float
    value: msgspec.Raw
    key: str | None = None


class _Named(msgspec.Struct):
    project: str = ""


_WRITTEN = msgspec.json.Decoder(_Written)
_NAMED = msgspec.json.Decoder(_Named)


def read(lines: Iterable[bytes], latest: int | None = None) -> Iterator[Line | BadLine]:
    """Each line that is not blank; one that cannot be read is told with its reason and harms no other.

    One after ``latest`` (ms) is in the future.
    """
    before = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        line = _read(number, text, before)
        if isinstance(line, Line) and latest is not None and line.received_at > latest:
            line = BadLine(number, f"received_at is in the future: {to_text(line.received_at)}")
        if isinstance(line, Line):
            before = line.received_at
        yield line


def _read(number: int, text: bytes, before: int) -> Line | BadLine:
    try:
        written = _WRITTEN.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return BadLine(number, str(error))
    if written.topic not in topics.CONSUMED:
        return BadLine(number, f"unknown topic {written.topic[:100]!r}: use one of {', '.join(topics.CONSUMED)}")
    at = to_milliseconds(written.received_at)
    if at is None:
        return BadLine(number, "received_at is neither RFC 3339 nor seconds since the epoch")
    if at < before:
        return BadLine(number, f"received_at is before {to_text(before)} of a line above: sort the file by received_at")
    key = None if written.key is None else written.key.encode("utf-8", "replace")
    value = bytes(written.value)
    return Line(number, written.topic, key, at, value, _project(value, written.key))


def _project(value: bytes, key: str | None) -> str:
    try:
        named = _NAMED.decode(value).project
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        named = ""
    return named or (key or "").rpartition(":")[0].partition(":")[0]
