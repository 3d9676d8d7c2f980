"""What only the log on Kafka has to hold: a broker that crashes, freezes, or is not alone in stamping times."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from uuid import uuid4

import pytest
from kafka import KafkaProducer  # type: ignore[import-untyped, unused-ignore]

from models.clock import SystemClock
from models.log import kafka as adapter
from models.log.kafka import KafkaLog
from models.ports import Batch, LogReader, LogUnavailable, NewRecord, Partition, TopicSettings
from tests.real.kafka import Broker, RealKafka, StandInKafka

PATIENCE_SECONDS = 60
YEAR_2100 = 4_102_444_800_000


def from_start(partitions: Collection[Partition]) -> Mapping[Partition, int]:
    return dict.fromkeys(partitions, 0)


def topic_in(log: KafkaLog) -> str:
    name = f"test.{uuid4().hex}"
    log.admin().ensure({name: TopicSettings(1)})
    return name


def append(log: KafkaLog, topic: str, value: bytes) -> None:
    with closing(log.writer()) as writer:
        writer.append(NewRecord(topic, b"k", value))
        writer.flush()


def until(reader: LogReader, met: Callable[[Batch], bool]) -> Batch:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not met(batch := reader.poll(0.5)):
        assert time.monotonic() < deadline, f"still not there after {PATIENCE_SECONDS} s: {batch}"
    return batch


@pytest.fixture
def own_broker(kafka: Broker) -> Iterator[RealKafka]:
    """A broker that a test may crash without harm to others."""
    if isinstance(kafka, StandInKafka):
        pytest.skip("the stand-in broker loses data when it is killed")
    broker = RealKafka()
    broker.start()
    yield broker
    broker.close()


def test_producers_cannot_set_the_append_time(kafka: Broker) -> None:
    """A plain client that stamps the year 2100 gets the broker's time, so it cannot move what is booked."""
    log = KafkaLog(kafka.bootstrap)
    topic = topic_in(log)
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    producer.send(topic, b"v", key=b"k", timestamp_ms=YEAR_2100).get(10)
    producer.close()
    with closing(log.reader([topic], topic, "one", from_start)) as reader:
        (record,) = until(reader, lambda batch: bool(batch.records)).records
    assert record.appended_at <= SystemClock().now()


def test_large_record_passes(kafka: Broker) -> None:
    """An event of the largest size that intake takes goes through whole, though Kafka's default limit is 1 MB."""
    log = KafkaLog(kafka.bootstrap)
    topic = topic_in(log)
    append(log, topic, bytes(3_000_000))
    with closing(log.reader([topic], topic, "one", from_start)) as reader:
        (record,) = until(reader, lambda batch: bool(batch.records)).records
    assert record.value == bytes(3_000_000)


def test_flushed_records_survive_the_broker_s_crash(own_broker: RealKafka) -> None:
    """A reader and a writer go on over a SIGKILL of the broker, and what was flushed before it is there."""
    log = KafkaLog(own_broker.bootstrap)
    topic = topic_in(log)
    append(log, topic, b"before")
    with closing(log.reader([topic], topic, "one", from_start)) as reader:
        until(reader, lambda batch: bool(batch.records))
        own_broker.kill()
        with pytest.raises(LogUnavailable, match="brokers run"):
            append(KafkaLog(own_broker.bootstrap, connect_ms=1_000), topic, b"lost")
        own_broker.start()
        append(log, topic, b"after")
        batch = until(reader, lambda batch: bool(batch.records))
        assert [record.value for record in batch.records] == [b"after"]
        reader.seek(Partition(topic, 0), 0)
        batch = until(reader, lambda batch: bool(batch.records))
        assert [record.value for record in batch.records] == [b"before", b"after"]


def test_frozen_broker_stops_the_end_and_then_the_reader(
    own_broker: RealKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader cut off from its broker claims no end, since it cannot know, and in bounded time is unavailable."""
    monkeypatch.setattr(adapter, "CUT_OFF_SECONDS", 3.0)
    log = KafkaLog(own_broker.bootstrap)
    topic = topic_in(log)
    with closing(log.reader([topic], topic, "one", from_start)) as reader:
        until(reader, lambda batch: bool(batch.at_end))
        own_broker.freeze()
        try:
            with pytest.raises(LogUnavailable, match="opened anew"):
                until(reader, lambda batch: bool(batch.at_end))
        finally:
            own_broker.thaw()


def test_flush_that_failed_sends_nothing_later(own_broker: RealKafka) -> None:
    """After a flush raised, the writer goes on with new records, and never sends the old ones behind one's back."""
    topic = topic_in(KafkaLog(own_broker.bootstrap))
    writer = KafkaLog(own_broker.bootstrap, connect_ms=1_500).writer()
    writer.append(NewRecord(topic, b"k", b"first"))
    writer.flush()
    own_broker.kill()
    writer.append(NewRecord(topic, b"k", b"given up"))
    with pytest.raises(LogUnavailable):
        writer.flush()
    own_broker.start()
    writer.append(NewRecord(topic, b"k", b"second"))
    writer.flush()
    writer.close()
    log = KafkaLog(own_broker.bootstrap)
    with closing(log.reader([topic], topic, "one", from_start)) as reader:
        batch = until(reader, lambda batch: bool(batch.records))
    assert [record.value for record in batch.records] == [b"first", b"second"]
