"""How records lie in a file of the spool: frames, each the records of one group commit, whole or not at all.

``Frame = length (4 bytes) checksum (4 bytes) payload``: little-endian, CRC-32 of the payload, which is MessagePack of a
list of ``[topic, key, value, headers]``. A frame is durable when the file was synced after it; one that a crash cut off
was promised to nobody.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import msgspec

from models.ports import NewRecord

HEAD = struct.Struct("<II")
Rows: TypeAlias = list[tuple[str, bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]]
_decode = msgspec.msgpack.Decoder(Rows).decode


def frame(records: Sequence[NewRecord]) -> bytes:
    payload = msgspec.msgpack.encode([(one.topic, one.key, one.value, one.headers) for one in records])
    return HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def records(content: bytes) -> Iterator[NewRecord]:
    """The records of a file, as far as they are whole: what was spoiled is left out, a torn end ends it."""
    for _, rows in _whole(content):
        for topic, key, value, headers in rows:
            yield NewRecord(topic, key, value, headers)


def torn_bytes(content: bytes) -> int:
    """How many bytes are in no whole frame."""
    return len(content) - sum(size for size, _ in _whole(content))


def _whole(content: bytes) -> Iterator[tuple[int, Rows]]:
    """The size of each whole frame, and what it holds."""
    position = 0
    while position + HEAD.size <= len(content):
        length, checksum = HEAD.unpack_from(content, position)
        if not length:  # no frame is empty, but zeros have the checksum of nothing: a crash made the file longer
            return
        start = position + HEAD.size
        position = start + length
        payload = content[start:position]
        if position <= len(content) and zlib.crc32(payload) == checksum and (rows := _read(payload)) is not None:
            yield HEAD.size + length, rows


def _read(payload: bytes) -> Rows | None:
    try:
        return _decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
