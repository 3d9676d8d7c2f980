"""Which partition a key goes to: murmur2, as Kafka's Java client and kafka-python do it.

The algorithm is that of Apache Kafka's ``Utils.murmur2`` (seed 0x9747b28c); other clients must be set to
``murmur2_random`` to meet it.
"""

from collections.abc import Callable
from itertools import count

from models.ports import Partition

SEED = 0x9747B28C
MULTIPLIER = 0x5BD1E995
WORD = 0xFFFFFFFF
POSITIVE = 0x7FFFFFFF


def murmur2(data: bytes) -> int:
    """The 32-bit hash of ``data``, unsigned."""
    length = len(data)
    value = (SEED ^ length) & WORD
    whole = length - length % 4
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * MULTIPLIER & WORD
        word = (word ^ (word >> 24)) * MULTIPLIER & WORD
        value = (value * MULTIPLIER & WORD) ^ word
    if rest := data[whole:]:
        value = (value ^ int.from_bytes(rest, "little")) * MULTIPLIER & WORD
    value = (value ^ (value >> 13)) * MULTIPLIER & WORD
    return value ^ (value >> 15)


def partition_of(key: bytes, partitions: int) -> int:
    """The partition, 0 to ``partitions - 1``, that holds every record of ``key``."""
    return (murmur2(key) & POSITIVE) % partitions


class Partitioner:
    """Places records: those with a key by its hash, those without in turn. ``partitions`` counts those of a topic."""

    def __init__(self, partitions: Callable[[str], int]) -> None:
        self._partitions = partitions
        self._counts: dict[str, int] = {}
        self._turn = count()

    def place(self, topic: str, key: bytes | None) -> Partition:
        if topic not in self._counts:
            self._counts[topic] = self._partitions(topic)
        partitions = self._counts[topic]
        number = next(self._turn) % partitions if key is None else partition_of(key, partitions)
        return Partition(topic, number)
