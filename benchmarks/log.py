"""Measures the log: messages per CPU-second of this process, the raw client loop and ours side by side.

Run: ``python -m benchmarks.log``. Needs the real Kafka of ``tests/real``; takes about a minute. Only this process's CPU
is counted, all threads of it; the broker's is printed beside it. Median of five interleaved rounds.
"""

import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # type: ignore[import-untyped, unused-ignore]

from models.clock import SystemClock
from models.log.kafka import KafkaLog
from models.log.sqlite import SqliteLog
from models.ports import Log, NewRecord, Partition, TopicSettings
from tests.real.kafka import RealKafka

MESSAGES = 20_000
A_FLUSH = 500
ROUNDS = 5
SEED = 1

FRESH = count()


@dataclass(frozen=True, slots=True)
class Bench:
    name: str
    run: Callable[[], None]


def messages() -> list[tuple[bytes, bytes]]:
    """Keys and values of about 1 KB of JSON, no two alike."""
    chance = random.Random(SEED)
    made = []
    for number in range(MESSAGES):
        frames = [{"function": f"f{chance.randrange(900)}", "line": chance.randrange(2_000)} for _ in range(22)]
        value = {"project": "shop", "event": {"event_id": f"{chance.getrandbits(128):032x}", "frames": frames}}
        made.append((b"shop:%d" % number, json.dumps(value).encode()))
    return made


def append(log: Log, topic: str, made: list[tuple[bytes, bytes]]) -> None:
    with closing(log.writer()) as writer:
        for number, (key, value) in enumerate(made, 1):
            writer.append(NewRecord(topic, key, value, (("ce_type", b"seatrial.error.v1"),)))
            if number % A_FLUSH == 0:
                writer.flush()
        writer.flush()


def read(log: Log, topic: str) -> None:
    got = 0
    with closing(log.reader([topic], f"bench-{next(FRESH)}", "one", from_start)) as reader:
        while got < MESSAGES:
            got += len(reader.poll(1.0).records)


def from_start(partitions: Collection[Partition]) -> Mapping[Partition, int]:
    return dict.fromkeys(partitions, 0)


def raw_append(bootstrap: str, topic: str, made: list[tuple[bytes, bytes]]) -> None:
    """The client alone, with the settings that ours has."""
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, batch_size=256 * 1024, linger_ms=5, compression_type="lz4", acks="all"
    )
    headers = [("ce_type", b"seatrial.error.v1")]
    for number, (key, value) in enumerate(made, 1):
        producer.send(topic, value, key=key, headers=headers)
        if number % A_FLUSH == 0:
            producer.flush()
    producer.flush()
    producer.close()


def raw_read(bootstrap: str, topic: str) -> None:
    """The client alone: no group, no values of ours."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, max_poll_records=2_000)
    consumer.assign([TopicPartition(topic, 0)])
    consumer.seek(TopicPartition(topic, 0), 0)
    got = 0
    while got < MESSAGES:
        got += sum(map(len, consumer.poll(1_000).values()))
    consumer.close()


def measure(bench: Bench) -> tuple[float, float]:
    """Messages per CPU-second of this process, and per second."""
    wall, cpu = time.perf_counter(), time.process_time()
    bench.run()
    return MESSAGES / (time.process_time() - cpu), MESSAGES / (time.perf_counter() - wall)


def benches(kafka: RealKafka, folder: Path) -> list[Bench]:
    made = messages()
    ours, sqlite = KafkaLog(kafka.bootstrap), SqliteLog(folder / "log.sqlite", SystemClock())
    full = "full"
    for log in (ours, sqlite):
        log.admin().ensure({full: TopicSettings(1)})
        append(log, full, made)

    def fresh(log: Log) -> str:
        topic = f"bench-{next(FRESH)}"
        log.admin().ensure({topic: TopicSettings(1)})
        return topic

    return [
        Bench("Kafka, append: the client alone", lambda: raw_append(kafka.bootstrap, fresh(ours), made)),
        Bench("Kafka, append: ours", lambda: append(ours, fresh(ours), made)),
        Bench("Kafka, read: the client alone", lambda: raw_read(kafka.bootstrap, full)),
        Bench("Kafka, read: ours", lambda: read(ours, full)),
        Bench("SQLite, append: ours", lambda: append(sqlite, fresh(sqlite), made)),
        Bench("SQLite, read: ours", lambda: read(sqlite, full)),
    ]


def main() -> None:
    kafka = RealKafka()
    kafka.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            report(kafka, benches(kafka, Path(folder)))
    finally:
        kafka.close()


def report(kafka: RealKafka, all_benches: list[Bench]) -> None:
    rounds = [[measure(bench) for bench in all_benches] for _ in range(ROUNDS)]
    print(f"{kafka.version}, {MESSAGES} messages of 1 KB, {A_FLUSH} a flush, median of {ROUNDS} interleaved rounds")
    print(f"{'':36}{'per CPU-second':>16}{'per second':>14}")
    for bench, figures in zip(all_benches, zip(*rounds, strict=True), strict=True):
        cpu, wall = (statistics.median(each) for each in zip(*figures, strict=True))
        print(f"{bench.name:36}{cpu:>16,.0f}{wall:>14,.0f}")
    print(f"the broker itself used {cpu_seconds(kafka.pid):.0f} CPU-seconds, its start included")


def cpu_seconds(pid: int) -> float:
    """User and system time of another process; fields 14 and 15 of its ``stat``, counted after its name."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
