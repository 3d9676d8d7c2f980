"""Where records go."""

from kafka.partitioner import murmur2 as theirs  # type: ignore[import-untyped, unused-ignore]

from models.log.partitioner import Partitioner, murmur2, partition_of
from models.ports import Partition


def test_hash_is_that_of_other_clients() -> None:
    """200 keys of every length hash as kafka-python hashes them, so that co-partitioning holds between clients."""
    keys = [bytes((seed * 37 + place * 101) % 256 for place in range(seed)) for seed in range(200)]
    assert [murmur2(key) for key in keys] == [theirs(key) & 0xFFFFFFFF for key in keys]


def test_hash_is_that_of_kafka_itself() -> None:
    """Values that Apache Kafka's own tests of Utils.murmur2 state, as unsigned numbers."""
    stated = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536}
    assert {key: murmur2(key) for key in stated} == {key: value & 0xFFFFFFFF for key, value in stated.items()}


def test_every_partition_is_used() -> None:
    """The keys of one project spread over all partitions."""
    assert {partition_of(b"shop:%d" % number, 12) for number in range(200)} == set(range(12))


def test_records_without_key_go_in_turn() -> None:
    """Records without a key fill the partitions evenly, and the number of partitions is asked once a topic."""
    asked: list[str] = []

    def count(topic: str) -> int:
        asked.append(topic)
        return 3

    partitioner = Partitioner(count)
    placed = [partitioner.place("t", None) for _ in range(6)]
    assert placed == [Partition("t", number) for number in (0, 1, 2, 0, 1, 2)]
    assert partitioner.place("t", b"k") == Partition("t", partition_of(b"k", 3))
    assert asked == ["t"]
