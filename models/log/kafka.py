"""The log on Apache Kafka, by kafka-python: the only module that imports it.

The group is used for assignment alone: positions live in the store, so nothing is committed to Kafka. No deserializer
is set, since an exception inside the client's poll leaves it spinning; for the same reason a reader whose poll raised
is closed and has to be opened anew.
"""

import contextlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from kafka import (  # type: ignore[import-untyped, unused-ignore]
    ConsumerRebalanceListener,
    KafkaAdminClient,
    KafkaConsumer,
    KafkaProducer,
    TopicPartition,
)
from kafka.coordinator.assignors.range import (  # type: ignore[import-untyped, unused-ignore]
    RangePartitionAssignor,
)
from kafka.errors import (  # type: ignore[import-untyped, unused-ignore]
    KafkaError,
    OffsetOutOfRangeError,
    TopicAlreadyExistsError,
)
from kafka.net.compat import KafkaNetClient  # type: ignore[import-untyped, unused-ignore]

from models.log import kafka_client as client
from models.ports import Batch, LogUnavailable, MissingTopics, NewRecord, Partition, Positions, Record, TopicSettings

Opened = TypeVar("Opened")

CONNECT_MS = 10_000
"""How long anything here waits for a broker before it is `LogUnavailable`."""
RECORD_BYTES = 4 * 1024 * 1024
"""The largest record: a Sentry event of the largest size allowed, 1 MiB, with room for its JSON in ours."""
BATCH_RECORDS = 2_000
BATCH_BYTES = 8 * 1024 * 1024
FETCH_BYTES = 4 * 1024 * 1024
"""Compressed: JSON grows about eightfold, so a fetch comes to some 32 MB of memory."""
POLL_MS = 500
"""The least a poll may wait: a shorter one never joins its group."""
LOOK_SECONDS = 1.0
"""How often the broker is asked where the partitions end."""
LOOK_MS = 1_000
CUT_OFF_SECONDS = 10.0
"""A reader that got no answer for so long is `LogUnavailable`: the client itself would wait in silence for ever."""
CLOSE_MS = 3_000
SESSION_MS = 10_000
"""A dead member loses its partitions after this long; one that comes back sooner, under its name, finds them again."""


class KafkaLog:
    """The `Log` port over the brokers at ``bootstrap`` (``host:port,host:port``)."""

    def __init__(self, bootstrap: str, session_ms: int = SESSION_MS, connect_ms: int = CONNECT_MS) -> None:
        self._servers = {"bootstrap_servers": bootstrap.split(","), "bootstrap_timeout_ms": connect_ms}
        self._session_ms = session_ms
        self._connect_ms = connect_ms

    def writer(self) -> "KafkaWriter":
        return KafkaWriter(self._open_producer, self.admin(), self._connect_ms / 1_000)

    def reader(self, topics: Sequence[str], group: str, member: str, positions: Positions) -> "KafkaReader":
        self.admin().check(topics)
        with _clear_errors():
            return KafkaReader(self._open_consumer(group, member), topics, positions)

    def admin(self) -> "KafkaAdmin":
        return KafkaAdmin(lambda: _open(KafkaAdminClient, self._servers))

    def _open_consumer(self, group: str, member: str) -> client.Consumer:
        consumer: client.Consumer = _open(
            KafkaConsumer,
            self._servers,
            group_id=group,
            group_instance_id=member,
            enable_auto_commit=False,
            auto_offset_reset="none",
            allow_auto_create_topics=False,
            partition_assignment_strategy=[RangePartitionAssignor],  # one member reads a key in every topic
            session_timeout_ms=self._session_ms,
            heartbeat_interval_ms=self._session_ms // 4,
            max_poll_interval_ms=60_000,
            max_poll_records=BATCH_RECORDS,
            fetch_max_bytes=FETCH_BYTES,
            reconnect_backoff_max_ms=1_000,
        )
        return consumer

    def _open_producer(self) -> client.Producer:
        producer: client.Producer = _open(
            KafkaProducer,
            self._servers,
            acks="all",
            batch_size=256 * 1024,
            linger_ms=5,
            compression_type="lz4",
            max_request_size=RECORD_BYTES,
            allow_auto_create_topics=False,
            max_block_ms=self._connect_ms,
            delivery_timeout_ms=self._connect_ms,
            request_timeout_ms=self._connect_ms // 2,
            reconnect_backoff_max_ms=1_000,
        )
        return producer


class KafkaAdmin:
    """Topics of the brokers. Connects for each call: nothing to close."""

    def __init__(self, open_admin: Callable[[], client.Admin]) -> None:
        self._open = open_admin

    def ensure(self, topics: Mapping[str, TopicSettings]) -> None:
        with self._connected() as admin:
            there = set(admin.list_topics())
            new = {name: _topic(settings) for name, settings in topics.items() if name not in there}
            if new:
                with contextlib.suppress(TopicAlreadyExistsError):
                    admin.create_topics(new, wait_for_metadata=True)

    def check(self, topics: Collection[str]) -> None:
        with self._connected() as admin:
            missing = sorted(set(topics) - set(admin.list_topics()))
        if missing:
            message = f"the log has no topic {', '.join(missing)}: run `seatrial migrate` to create it"
            raise MissingTopics(message)

    def partitions(self, topic: str) -> int:
        self.check([topic])
        with self._connected() as admin:
            return len(admin.describe_topics([topic])[0]["partitions"])

    @contextlib.contextmanager
    def _connected(self) -> Iterator[client.Admin]:
        with _clear_errors():
            admin = self._open()
            try:
                yield admin
            finally:
                admin.close()


class KafkaWriter:
    """Sends at `flush`. After a failure the producer is replaced, so that nothing of the failed flush is sent later."""

    def __init__(self, open_producer: client.OpenProducer, admin: KafkaAdmin, timeout: float) -> None:
        self._open = open_producer
        self._admin = admin
        self._timeout = timeout
        self._producer: client.Producer | None = None
        self._queue: list[NewRecord] = []
        self._known: set[str] = set()

    def append(self, record: NewRecord) -> None:
        self._queue.append(record)

    def flush(self) -> None:
        queue, self._queue = self._queue, []
        if not queue:
            return
        self._check({record.topic for record in queue})
        try:
            with _clear_errors():
                self._send(queue)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(KafkaError):
                producer.close(timeout=0)

    def _send(self, queue: Sequence[NewRecord]) -> None:
        producer = self._producer = self._producer or self._open()
        sent = [producer.send(new.topic, new.value, new.key, list(new.headers)) for new in queue]
        producer.flush(timeout=self._timeout)
        for one in sent:
            if one.failed():
                raise one.exception or KafkaError

    def _check(self, topics: set[str]) -> None:
        """A producer waits for a topic that does not exist until its time is up, and does not say why."""
        if not topics <= self._known:
            self._admin.check(topics)
            self._known |= topics


class KafkaReader:
    """One member of a group. ``positions`` is called in the client's own thread, while `poll` waits."""

    def __init__(self, consumer: client.Consumer, topics: Sequence[str], positions: Positions) -> None:
        self._consumer = consumer
        self._positions = positions
        self._paused: set[Partition] = set()
        self._failure: Exception | None = None
        self._most = BATCH_RECORDS
        self._look_at = time.monotonic()
        self._answered_at = time.monotonic()
        consumer.subscribe(topics, listener=_Listener(self._start))

    def poll(self, timeout: float) -> Batch:
        if self._failure is not None:
            self._give_up(self._failure)
        try:
            polled = self._consumer.poll(max(int(timeout * 1_000), POLL_MS), self._most)
        except OffsetOutOfRangeError as error:
            # The caller now compares its position with `end_positions`; if it polls on, the reader is rebuilt.
            self._failure = error
            return Batch((), {}, frozenset(), self._assigned())
        except Exception as error:  # noqa: BLE001 - whatever it was, this consumer cannot be used again
            self._give_up(self._failure or error)
        if self._failure is not None:
            self._give_up(self._failure)
        return self._batch(polled)

    def seek(self, partition: Partition, offset: int) -> None:
        if partition in self._assigned():
            self._consumer.seek(_theirs(partition), offset)

    def pause(self, partitions: Collection[Partition]) -> None:
        self._paused.update(partitions)
        self._consumer.pause(*map(_theirs, self._assigned().intersection(partitions)))

    def resume(self, partitions: Collection[Partition]) -> None:
        self._paused.difference_update(partitions)
        self._consumer.resume(*map(_theirs, self._assigned().intersection(partitions)))

    def end_positions(self) -> Mapping[Partition, tuple[int, int]]:
        theirs = list(self._consumer.assignment())
        with _clear_errors():
            first = self._consumer.beginning_offsets(theirs, timeout_ms=CONNECT_MS)
            end = self._consumer.end_offsets(theirs, timeout_ms=CONNECT_MS)
        return {_ours(one): (first[one], end[one]) for one in theirs}

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._consumer.close(autocommit=False, timeout_ms=CLOSE_MS)

    def _start(self, partitions: Collection[Partition]) -> None:
        """Seek newly assigned partitions to the store's positions, or to the first record where it has none."""
        try:
            started = self._positions(partitions)
            for partition in partitions:
                if (offset := started.get(partition)) is None:
                    self._consumer.seek_to_beginning(_theirs(partition))
                else:
                    self._consumer.seek(_theirs(partition), offset)
            self._consumer.pause(*map(_theirs, self._paused.intersection(partitions)))
        except Exception as error:  # noqa: BLE001 - the client would go on from elsewhere; poll raises it
            self._failure = error

    def _batch(self, polled: Mapping[client.TopicPartition, Sequence[client.ConsumedRecord]]) -> Batch:
        records: list[Record] = []
        for theirs, some in polled.items():
            records += _records(_ours(theirs), some)
        if records:
            mean = sum(len(record.value or b"") for record in records) // len(records)
            self._most = min(BATCH_RECORDS, BATCH_BYTES // (mean + 1) + 1)
        next_offsets = {record.partition: record.offset + 1 for record in records}
        return Batch(tuple(records), next_offsets, self._at_end(), self._assigned())

    def _at_end(self) -> frozenset[Partition]:
        """The partitions read to an end that the brokers told just now; none where they do not answer.

        The end of the last fetch would not do: it looks the same to a reader that is cut off from its broker.
        """
        now = time.monotonic()
        theirs = list(self._consumer.assignment())
        if not theirs or now < self._look_at:
            self._answered_at = self._answered_at if theirs else now
            return frozenset()
        self._look_at = now + LOOK_SECONDS
        try:
            ends = self._consumer.end_offsets(theirs, timeout_ms=LOOK_MS)
            self._answered_at = now
            return frozenset(_ours(one) for one in theirs if self._consumer.position(one, LOOK_MS) == ends[one])
        except KafkaError as error:
            if now - self._answered_at > CUT_OFF_SECONDS:
                self._give_up(error)
            return frozenset()

    def _assigned(self) -> frozenset[Partition]:
        return frozenset(map(_ours, self._consumer.assignment()))

    def _give_up(self, error: Exception) -> NoReturn:
        self._failure = error
        self.close()
        message = f"the reader of the log has to be opened anew ({type(error).__name__}: {error})"
        raise LogUnavailable(message) from error


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc, unused-ignore]
    def __init__(self, start: Callable[[Collection[Partition]], None]) -> None:
        self._start = start

    def on_partitions_revoked(self, revoked: Collection[client.TopicPartition]) -> None:
        """Nothing to do: whatever is still written for them is fenced by the store."""

    def on_partitions_assigned(self, assigned: Collection[client.TopicPartition]) -> None:
        self._start([_ours(one) for one in assigned])


def _open(kind: Callable[..., Opened], servers: client.Settings, **settings: object) -> Opened:
    """A client, connected. One that finds no broker is closed: the library would leave its thread running."""
    networks = []

    def network(**options: object) -> object:
        networks.append(KafkaNetClient(**options))
        return networks[-1]

    try:
        return kind(**servers, **settings, kafka_client=network)
    except BaseException:
        for one in networks:
            one.close()
        raise


def _records(partition: Partition, some: Sequence[client.ConsumedRecord]) -> list[Record]:
    return [Record(partition, one.offset, one.key, one.value, tuple(one.headers), one.timestamp) for one in some]


def _topic(settings: TopicSettings) -> dict[str, Any]:
    configs = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": str(RECORD_BYTES)}
    if settings.compacted:
        configs["cleanup.policy"] = "compact"
    return {"num_partitions": settings.partitions, "configs": configs}


def _ours(theirs: client.TopicPartition) -> Partition:
    return Partition(theirs.topic, theirs.partition)


def _theirs(ours: Partition) -> client.TopicPartition:
    theirs: client.TopicPartition = TopicPartition(ours.topic, ours.number)
    return theirs


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        message = (
            f"the log did not answer ({type(error).__name__}: {error}): check SEATRIAL_LOG, and that its brokers run"
        )
        raise LogUnavailable(message) from error
