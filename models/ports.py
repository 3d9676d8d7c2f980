"""The ports: what Seatrial needs of the world, each answered by two adapters and a named fake.

Contract suites over every adapter and fake are in ``tests/contract``.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

from sqlalchemy import Table

from models.domain.policy import Webhook
from models.domain.project import Project


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """One partition of one topic; the unit that a single consumer owns."""

    topic: str
    number: int


Headers: TypeAlias = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class NewRecord:
    """What is appended. ``key`` is ``project:entity`` in UTF-8; it decides the partition (murmur2)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What is read. ``appended_at`` is the log's own append time, in ms since the epoch, UTC."""

    partition: Partition
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    appended_at: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll gave.

    ``next_offsets`` has, for every partition with records here, the offset after its last one.
    ``at_end`` names the assigned partitions known to be read to their end by an answered fetch;
    ``assigned`` is every partition this reader owns now.
    """

    records: tuple[Record, ...]
    next_offsets: Mapping[Partition, int]
    at_end: frozenset[Partition]
    assigned: frozenset[Partition]


class LogUnavailable(Exception):
    """The log did not take or give records in time. Check that the broker (or disk) is up, then retry."""


class MissingTopics(Exception):
    """Topics are missing in the log. Run `seatrial migrate` to create them."""


class LogWriter(Protocol):
    """Appends records. Not safe to share between threads unless the adapter says so."""

    def append(self, record: NewRecord) -> None:
        """Queue one record. It is not durable before `flush` returned."""

    def flush(self) -> None:
        """Return once every queued record is durable; raise `LogUnavailable` if any of them is not.

        After a raise the queue is empty: whoever queued a record must queue it again.
        """

    def close(self) -> None: ...


# Called with newly assigned partitions; answers the offset to start each at (the store's positions).
Positions: TypeAlias = Callable[[Collection[Partition]], Mapping[Partition, int]]


class LogReader(Protocol):
    """One member of a consumer group. Positions live in the store: see `Positions`."""

    def poll(self, timeout: float) -> Batch:
        """Wait up to ``timeout`` seconds for records. Raises `LogUnavailable` when the reader must be rebuilt."""

    def seek(self, partition: Partition, offset: int) -> None: ...

    def pause(self, partitions: Collection[Partition]) -> None: ...

    def resume(self, partitions: Collection[Partition]) -> None: ...

    def end_positions(self) -> Mapping[Partition, tuple[int, int]]:
        """For each assigned partition, its first offset and the offset after its last record."""

    def close(self) -> None: ...


class LogAdmin(Protocol):
    def ensure(self, topics: Mapping[str, "TopicSettings"]) -> None:
        """Create the topics that do not exist yet."""

    def check(self, topics: Collection[str]) -> None:
        """Raise `MissingTopics` naming each topic that does not exist."""

    def partitions(self, topic: str) -> int: ...


@dataclass(frozen=True, slots=True)
class TopicSettings:
    partitions: int
    compacted: bool = False


class Log(Protocol):
    """A log at an address: opens writers, readers and the admin. Adapters: `models.log.sqlite`, `models.log.kafka`."""

    def writer(self) -> LogWriter: ...

    def reader(self, topics: Sequence[str], group: str, member: str, positions: Positions) -> LogReader:
        """``member`` is the stable name of this worker in its group (Kafka's static membership)."""

    def admin(self) -> LogAdmin: ...


class Clock(Protocol):
    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""


@dataclass(frozen=True, slots=True)
class Move:
    """One partition's step: from ``expected`` to ``next_offset``, booked and read up to two times in ms."""

    partition: Partition
    expected: int
    next_offset: int
    booked_to: int
    read_to: int


class Fenced(Exception):
    """Another consumer moved this partition's offset: this one is a zombie. Roll back, seek to the store's offset."""


Row: TypeAlias = Mapping[str, Any]


class UnitOfWork(Protocol):
    """One transaction: everything in it is kept together, or nothing is. Leaving it by an exception rolls back."""

    def advance(self, moves: Sequence[Move]) -> None:
        """Compare-and-set each partition's offset; raise `Fenced` if one is not where it was expected."""

    def fetch(self, table: Table, keys: Sequence[Row], *, hold: bool = True) -> list[dict[str, Any]]:
        """The rows with these primary keys, in any order.

        No other unit of work changes them before this one ends, unless it is told not to ``hold`` them.
        """

    def insert_new(self, table: Table, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Insert the rows whose primary key is new, and return the keys that were; the rest is left as it is."""

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Upsert counters: columns outside the primary key are added to what is there."""

    def put(self, table: Table, rows: Sequence[Row]) -> None:
        """Upsert: columns outside the primary key replace what is there."""

    def newest_decision(self, project: str, release: str, environment: str) -> str | None:
        """The id of the last decision taken on a release, None if there is none."""

    def projects(self, names: Collection[str]) -> dict[str, Project]:
        """Those of these projects that there are, each with the newest of its settings."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Store(Protocol):
    def begin(self) -> UnitOfWork: ...


@dataclass(frozen=True, slots=True)
class Notice:
    """What a receiver is told: ``id`` is its idempotency key, and ``body`` the same bytes in every attempt."""

    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt to tell."""

    taken: bool
    status: int | None
    """The HTTP status, None if there was no answer."""
    result: str
    """What happened, and what to do about it, for people."""
    final: bool = False
    """Another attempt is pointless: the receiver wants to be told no more, or the policy forbids to call it."""


class Notifier(Protocol):
    """Tells a receiver what was decided. A rollback goes this way too: the receiver carries it out."""

    def notify(self, notice: Notice, webhook: Webhook, allowed_hosts: Collection[str]) -> Answer:
        """Try once, within a bounded time. What receiver or network do wrong is answered, not raised.

        Of internal hosts, only those that ``allowed_hosts`` lists (by name or address) are called. Safe to share
        between threads.
        """
