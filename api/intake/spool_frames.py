"""How records lie in a file of the spool: frames, each the records of one group commit, whole or not at all.

``Frame = length (4 bytes) checksum (4 bytes) payload``: little-endian, CRC-32 of the payload, which is MessagePack of a
list of ``[topic, key, value, headers]``. A frame is durable when the file was synced after it; one that a crash cut off
was promised to nobody.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence

import msgspec

from models.ports import NewRecord

HEAD = struct.Struct("<II")
_decode = msgspec.msgpack.Decoder(list[tuple[str, bytes | None, bytes | None, tuple[tuple[str, bytes], ...]]]).decode


def frame(records: Sequence[NewRecord]) -> bytes:
    payload = msgspec.msgpack.encode([(one.topic, one.key, one.value, one.headers) for one in records])
    return HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def records(content: bytes) -> Iterator[NewRecord]:
    """The records of a file, as far as they are whole: what has a wrong checksum is left out, a torn end ends it."""
    for payload in _payloads(content):
        for topic, key, value, headers in _decode(payload):
            yield NewRecord(topic, key, value, headers)


def torn_bytes(content: bytes) -> int:
    """How many bytes are in no whole frame."""
    return len(content) - sum(HEAD.size + len(payload) for payload in _payloads(content))


def _payloads(content: bytes) -> Iterator[bytes]:
    position = 0
    while position + HEAD.size <= len(content):
        length, checksum = HEAD.unpack_from(content, position)
        start = position + HEAD.size
        position = start + length
        if position <= len(content) and zlib.crc32(payload := content[start:position]) == checksum:
            yield payload
