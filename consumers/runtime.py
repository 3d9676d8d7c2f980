"""The loop around a consumer: poll, book, write, and hold on whatever breaks.

Positions live in the store: a batch's rows and its offsets are one transaction, moved by compare-and-set. So a crash at
any point neither loses nor doubles, and a zombie after a rebalance cannot write (`Fenced`).
"""

import contextlib
import threading
import time
from collections.abc import Collection, Mapping, Sequence

import structlog

from consumers import batch, booking
from consumers.booking import GRACE, Place
from consumers.decoding import decode
from consumers.folding import Known
from consumers.poison import PAUSE_SECONDS, Poison
from consumers.projects import Projects
from models.ports import Batch, Clock, Fenced, Log, LogReader, Partition, Store
from models.store import tables
from models.wire import topics

__all__ = ["GRACE", "Consumer", "LostPosition"]

log = structlog.get_logger()

POLL_SECONDS = 1.0
REBUILD_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)


class LostPosition(Exception):
    """The store's offset is not in the log: the topic was made anew, or retention overtook the consumers."""


class Consumer:
    """One member of the consumers' group, over all topics. For one thread; `stalled` and `health` for any."""

    def __init__(
        self,
        log_: Log,
        store: Store,
        clock: Clock,
        member: str = "consumer-1",
        group: str = "seatrial",
        consumed: Sequence[str] = topics.CONSUMED,
    ) -> None:
        self._log = log_
        self._store = store
        self._clock = clock
        self._member = member
        self._group = group
        self._topics = consumed
        self._reader: LogReader | None = None
        self._places: dict[Partition, Place] = {}
        self._unchecked: set[Partition] = set()
        self._projects = Projects(store)
        self._known = Known()
        self._poison = Poison()
        self._polled_at = time.monotonic()

    # The loop ---------------------------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Step until ``stop``. Whatever broke, a new reader goes on from the store, after growing pauses."""
        failures = 0
        try:
            while not stop.is_set():
                self._polled_at = time.monotonic()
                try:
                    self.step(POLL_SECONDS)
                    failures = 0
                except LostPosition:
                    log.exception("consumer.lost_position")
                    raise
                except Exception as error:  # noqa: BLE001 - a consumer that ends stops every release's watch
                    pause = REBUILD_SECONDS[min(failures, len(REBUILD_SECONDS) - 1)]
                    failures += 1
                    log.warning("consumer.rebuilding", error=str(error), kind=type(error).__name__, pause_seconds=pause)
                    stop.wait(pause)
        finally:
            self.close()

    def step(self, timeout: float) -> int:
        """Poll one batch and keep it; how many messages it had.

        Raises `LogUnavailable` when the log is down, the database's error when the store is. The next step then goes on
        from the store, with a new reader.
        """
        try:
            return self._step(self._reader or self._open(), timeout)
        except BaseException:
            self.close()
            raise

    def stalled(self, seconds: float) -> bool:
        """Whether one step takes so long: a poll that never comes back. The supervisor then ends the process."""
        return time.monotonic() - self._polled_at > seconds

    def health(self) -> dict[str, object]:
        return {"member": self._member, "partitions": len(self._places), "poisoned": self._poison.paused()}

    def close(self) -> None:
        reader, self._reader = self._reader, None
        self._places.clear()
        if reader is not None:
            with contextlib.suppress(Exception):
                reader.close()

    def _step(self, reader: LogReader, timeout: float) -> int:
        self._heal(reader)
        polled = reader.poll(timeout)
        self._polled_at = time.monotonic()
        self._check_positions(reader, polled)
        try:
            return self._keep(reader, polled)
        except Fenced as fenced:
            log.warning("consumer.fenced", partition=str(fenced))
            for partition, offset in self._positions(polled.assigned).items():
                reader.seek(partition, offset)
            return 0

    # The log ----------------------------------------------------------------------------------------------------------

    def _open(self) -> LogReader:
        self._reader = self._log.reader(self._topics, self._group, self._member, self._positions)
        return self._reader

    def _positions(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """Where newly assigned partitions go on, from the store. Called by the reader, in a thread of its own maybe."""
        places = dict.fromkeys(partitions, Place())
        with self._store.begin() as unit:
            keys = [{"topic": partition.topic, "partition": partition.number} for partition in partitions]
            for row in unit.fetch(tables.position, keys):
                place = Place(row["next_offset"], row["booked_to"], row["read_to"])
                places[Partition(row["topic"], row["partition"])] = place
        self._places.update(places)
        self._unchecked.update(partitions)
        return {partition: place.next_offset for partition, place in places.items()}

    def _check_positions(self, reader: LogReader, polled: Batch) -> None:
        """Alarm, never a silent reset, when the store's offset is outside of what the log holds."""
        for partition in self._places.keys() - polled.assigned:
            del self._places[partition]
        gained, self._unchecked = self._unchecked & self._places.keys(), set()
        if not gained:
            return
        ends = reader.end_positions()
        for partition in sorted(gained & ends.keys()):
            _check_position(partition, self._places[partition].next_offset, *ends[partition])
        self._pause(reader, self._poison.paused())

    def _heal(self, reader: LogReader) -> None:
        if over := self._poison.healed():
            log.info("consumer.resumed", topics=over)
            reader.resume([partition for partition in self._places if partition.topic in over])

    def _pause(self, reader: LogReader, poisoned: Collection[str]) -> None:
        if poisoned:
            reader.pause([partition for partition in self._places if partition.topic in poisoned])

    # The store --------------------------------------------------------------------------------------------------------

    def _keep(self, reader: LogReader, polled: Batch) -> int:
        booked = booking.book(polled, self._places, self._clock.now())
        if not booked.due:
            return 0
        decoded = [decode(record, booked_at) for record, booked_at in booked.records]
        projects = self._projects.named({one.project for one in decoded})
        written = batch.write(self._store, projects, self._known, decoded, booked.moves)
        for move in booked.moves:
            self._places[move.partition] = Place(move.next_offset, move.booked_to, move.read_to)
        for topic in self._poison.saw(written.messages, written.dead):
            log.error("consumer.poisoned", topic=topic, pause_seconds=PAUSE_SECONDS)
            self._pause(reader, [topic])
        return len(polled.records)


def _check_position(partition: Partition, stored: int, first: int, end: int) -> None:
    if not first <= stored <= end:
        message = (
            f"{partition.topic}/{partition.number} goes on at {stored} in the store, but the log has {first} to {end}: "
            "the topic was made anew, or retention overtook the consumers. Bring the log back; or, to go on without "
            "what is lost, set next_offset of this partition in the table `position`. `seatrial doctor` shows them all"
        )
        raise LostPosition(message)
