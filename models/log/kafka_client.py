"""What Seatrial uses of kafka-python, typed: the library itself ships no types."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

Settings = Mapping[str, Any]


class TopicPartition(NamedTuple):
    """The shape of the client's own ``kafka.TopicPartition``; the client insists on instances of its own."""

    topic: str
    partition: int


class ConsumedRecord(Protocol):
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Iterable[tuple[str, bytes]]
    timestamp: int


class Consumer(Protocol):
    def subscribe(self, topics: Sequence[str], *, listener: object) -> None: ...

    def poll(self, timeout_ms: int, max_records: int) -> Mapping[TopicPartition, Sequence[ConsumedRecord]]: ...

    def assignment(self) -> Collection[TopicPartition]: ...

    def position(self, partition: TopicPartition, timeout_ms: int) -> int | None: ...

    def beginning_offsets(
        self, partitions: Sequence[TopicPartition], timeout_ms: int
    ) -> Mapping[TopicPartition, int]: ...

    def end_offsets(self, partitions: Sequence[TopicPartition], timeout_ms: int) -> Mapping[TopicPartition, int]: ...

    def seek(self, partition: TopicPartition, offset: int) -> None: ...

    def seek_to_beginning(self, *partitions: TopicPartition) -> None: ...

    def pause(self, *partitions: TopicPartition) -> None: ...

    def resume(self, *partitions: TopicPartition) -> None: ...

    def close(self, *, autocommit: bool, timeout_ms: int) -> None: ...


class Sent(Protocol):
    """What became of one record that was sent."""

    def failed(self) -> bool: ...

    @property
    def exception(self) -> BaseException | None: ...


class Producer(Protocol):
    def send(self, topic: str, value: bytes | None, key: bytes | None, headers: list[tuple[str, bytes]]) -> Sent: ...

    def flush(self, timeout: float) -> None: ...

    def close(self, timeout: float) -> None: ...


class Admin(Protocol):
    def list_topics(self) -> list[str]: ...

    def describe_topics(self, topics: list[str]) -> list[dict[str, Any]]: ...

    def create_topics(self, new_topics: Mapping[str, Settings], *, wait_for_metadata: bool) -> object: ...

    def close(self) -> None: ...


OpenProducer = Callable[[], Producer]
