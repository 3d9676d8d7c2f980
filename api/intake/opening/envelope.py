r"""The framing of an envelope (https://develop.sentry.dev/sdk/data-model/envelopes/).

``Envelope = Headers { "\n" Item } [ "\n" ] ; Item = Headers "\n" Payload``. An item with ``length`` is that many
bytes and then a newline or the end; one without runs to the next newline or the end. Python's SDK sends lengths,
JavaScript's does not.
"""

from dataclasses import dataclass
from typing import Any

from api.intake.limits import MAX_HEADER_LINE_BYTES, MAX_ITEMS
from api.intake.opening.reading import Unreadable, read_header
from api.intake.refusal import Refusal, bad_envelope


@dataclass(frozen=True, slots=True)
class Item:
    kind: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    headers: dict[str, Any]
    items: tuple[Item, ...]


def parse_headers(body: bytes) -> dict[str, Any]:
    """The envelope's own headers: its first line. Raises `Refusal`."""
    if not body:
        raise bad_envelope("the body is empty: send an envelope")
    line, _ = _line(body, 0)
    return _object(line, "the envelope's header")


def parse(body: bytes) -> Envelope:
    """The envelope in ``body``; raises `Refusal` where its framing is broken."""
    headers = parse_headers(body)
    _, position = _line(body, 0)
    items: list[Item] = []
    while position < len(body):
        line, position = _line(body, position)
        if not line and position >= len(body):
            break  # the newline that may end an envelope
        if len(items) == MAX_ITEMS:
            detail = f"envelope has more than {MAX_ITEMS:,} items"
            raise Refusal(413, detail)
        item, position = _item(body, line, position)
        items.append(item)
    return Envelope(headers, tuple(items))


def _item(body: bytes, line: bytes, start: int) -> tuple[Item, int]:
    """The item whose header is ``line`` and whose payload begins at ``start``, and where the next one begins."""
    headers = _object(line, "an item's header")
    start = min(start, len(body))  # at the end even a header's newline may be missing
    kind = headers.get("type")
    if not isinstance(kind, str):
        raise bad_envelope('an item\'s header names no "type"')
    length = headers.get("length")
    if length is None:
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
    else:
        end = start + _length(length)
        if end > len(body):
            raise bad_envelope(f"an item of {length:,} bytes ends after {len(body) - start:,}")
        if body[end : end + 1] not in (b"\n", b""):
            raise bad_envelope(f"no newline after an item of {length:,} bytes")
    return Item(kind, body[start:end]), end + 1


def _length(length: object) -> int:
    if isinstance(length, bool) or not isinstance(length, int) or length < 0:
        raise bad_envelope("an item's length is no whole number of bytes")
    return length


def _line(body: bytes, start: int) -> tuple[bytes, int]:
    """The line at ``start``, and where the next one begins."""
    end = body.find(b"\n", start)
    end = len(body) if end < 0 else end
    if end - start > MAX_HEADER_LINE_BYTES:
        raise bad_envelope(f"a header line is longer than {MAX_HEADER_LINE_BYTES:,} bytes")
    return body[start:end], end + 1


def _object(line: bytes, what: str) -> dict[str, Any]:
    try:
        return read_header(line)
    except Unreadable as error:
        raise bad_envelope(f"{what}: {error}") from error
