"""The loop around a consumer: poll, book, write, and hold on whatever breaks.

Positions live in the store: a batch's rows and its offsets are one transaction, moved by compare-and-set. So a crash at any
point neither loses nor doubles, and a zombie after a rebalance cannot write (`Fenced`).
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from consumers import batch
from consumers.batch import Written
from consumers.decoding import DeadLetter, Delivery, decode
from consumers.folding import Known
from models.ports import Batch, Clock, Fenced, Log, LogReader, Move, Partition, Store
from models.store import tables
from models.wire import topics

log = structlog.get_logger()

GRACE = 5_000
"""Milliseconds that ``read_to`` stays behind now at a partition's end: appends take that long at most to show."""
IDLE_SECONDS = 1.0
"""An idle partition's ``read_to`` is written this often, so that minutes close without messages."""
PROJECTS_SECONDS = 2.0
"""How long a project that was not found is not looked up again."""
POISON_WINDOW, POISON_LEAST, POISON_SHARE, POISON_PAUSE_SECONDS = 1_000, 200, 0.5, 30.0
REBUILD_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)


class LostPosition(Exception):
    """The store's offset is not in the log. Was the topic made anew, or did retention overtake the consumers?"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a partition stands, as the store has it."""

    next_offset: int = 0
    booked_to: int = 0
    read_to: int = 0


class Poison:
    """Watches the share of dead letters of a topic: a misconfigured producer must not turn a topic into dead letters."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[bool]] = {}
        self._until: dict[str, float] = {}

    def saw(self, messages: Mapping[str, int], dead: Mapping[str, int]) -> list[str]:
        """Count a batch; the topics that are mostly poison now."""
        poisoned = []
        for topic, number in messages.items():
            recent = self._recent.setdefault(topic, deque(maxlen=POISON_WINDOW))
            bad = dead.get(topic, 0)
            recent.extend([True] * bad + [False] * (number - bad))
            if len(recent) >= POISON_LEAST and sum(recent) > POISON_SHARE * len(recent):
                recent.clear()
                self._until[topic] = time.monotonic() + POISON_PAUSE_SECONDS
                poisoned.append(topic)
        return poisoned

    def paused(self) -> list[str]:
        return sorted(self._until)

    def healed(self) -> list[str]:
        """Topics whose pause is over; each is said once."""
        over = [topic for topic, until in self._until.items() if time.monotonic() >= until]
        for topic in over:
            del self._until[topic]
        return over


class Consumer:
    """One member of the consumers' group, over all topics."""

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
        self._projects: dict[str, bytes] = {}
        self._looked_up: dict[str, float] = {}
        self._known = Known()
        self._poison = Poison()
        self._idle_since = float("-inf")
        self._kept_at = 0
        self._polled_at = time.monotonic()

    # The loop -------------------------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Step until ``stop``; a reader that broke is built anew, with growing pauses."""
        failures = 0
        while not stop.is_set():
            try:
                self.step(1.0)
                failures = 0
            except LostPosition:
                raise
            except Exception as error:
                pause = REBUILD_SECONDS[min(failures, len(REBUILD_SECONDS) - 1)]
                failures += 1
                log.warning("consumer.rebuilding", error=str(error), kind=type(error).__name__, pause_seconds=pause)
                self._close_reader()
                stop.wait(pause)
        self.close()

    def step(self, timeout: float) -> int:
        """Poll one batch and keep it; how many messages it had. Raises `LogUnavailable` when the log is down."""
        reader = self._reader or self._open()
        self._heal(reader)
        polled = reader.poll(timeout)
        self._polled_at = time.monotonic()
        self._check_positions(reader, polled)
        if not polled.records and not self._idle_due():
            return 0
        try:
            self._keep(polled)
        except Fenced as fenced:
            log.warning("consumer.fenced", partition=str(fenced))
            self._return_to_store(reader, polled.assigned)
            return 0
        return len(polled.records)

    def stalled(self, seconds: float) -> bool:
        """Whether no poll has come back for so long: the supervisor then ends the process."""
        return time.monotonic() - self._polled_at > seconds

    def health(self) -> dict[str, object]:
        return {"member": self._member, "partitions": len(self._places), "poisoned": self._poison.paused()}

    def close(self) -> None:
        self._close_reader()

    # The log --------------------------------------------------------------------------------------------------------

    def _open(self) -> LogReader:
        self._reader = self._log.reader(self._topics, self._group, self._member, self._positions)
        return self._reader

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        self._places.clear()
        if reader is not None:
            with contextlib.suppress(Exception):
                reader.close()

    def _positions(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """Where newly assigned partitions go on, from the store. Called by the reader."""
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
        for partition in list(self._places):
            if partition not in polled.assigned:
                del self._places[partition]
        unchecked, self._unchecked = self._unchecked & polled.assigned, set()
        if not unchecked:
            return
        ends = reader.end_positions()
        for partition in unchecked:
            stored = self._places[partition].next_offset
            first, end = ends.get(partition, (stored, stored))
            if not first <= stored <= end and not (stored == 0 and first == 0):
                message = (
                    f"{partition.topic}/{partition.number} goes on at {stored} in the store, but the log has {first} to {end}: "
                    "was the topic made anew, or did retention overtake the consumers? See `seatrial doctor`"
                )
                raise LostPosition(message)

    def _return_to_store(self, reader: LogReader, assigned: Collection[Partition]) -> None:
        for partition, offset in self._positions(assigned).items():
            reader.seek(partition, offset)

    def _heal(self, reader: LogReader) -> None:
        if over := self._poison.healed():
            reader.resume([partition for partition in self._places if partition.topic in over])

    # The store ------------------------------------------------------------------------------------------------------

    def _keep(self, polled: Batch) -> None:
        decoded, moves = self._book(polled)
        keys = self._identity_keys(decoded)
        try:
            written = batch.write(self._store, keys, self._known, decoded, moves)
        except (DataError, IntegrityError, StatementError, OverflowError, UnicodeEncodeError) as error:
            log.warning("consumer.unstorable", error=str(error)[:300], messages=len(decoded))
            written = self._keep_singly(keys, decoded, moves)
        self._places.update({
            move.partition: Place(move.next_offset, move.booked_to, move.read_to) for move in moves
        })
        self._idle_since = time.monotonic()
        self._kept_at = self._clock.now()
        for topic in self._poison.saw(written.messages, written.dead):
            log.error("consumer.poisoned", topic=topic, pause_seconds=POISON_PAUSE_SECONDS, share=POISON_SHARE)
            if self._reader is not None:
                self._reader.pause([partition for partition in self._places if partition.topic == topic])

    def _book(self, polled: Batch) -> tuple[list[Delivery | DeadLetter], list[Move]]:
        """Give each record its booking time, never less than what was booked or read before in its partition."""
        now = self._clock.now()
        places = dict(self._places)
        decoded = []
        for record in polled.records:
            place = places.get(record.partition, Place())
            booked = max(record.appended_at, place.booked_to, place.read_to)
            places[record.partition] = Place(record.offset + 1, booked, booked)
            decoded.append(decode(record, booked))
        for partition in polled.at_end:
            if partition in places:
                place = places[partition]
                places[partition] = replace(place, read_to=max(place.read_to, now - GRACE))
        moves = [
            Move(partition, self._places[partition].next_offset, place.next_offset, place.booked_to, place.read_to)
            for partition, place in places.items()
            if partition in self._places and place != self._places[partition]
        ]
        return decoded, moves

    def _keep_singly(
        self, keys: Mapping[str, bytes], decoded: Sequence[Delivery | DeadLetter], moves: Sequence[Move]
    ) -> Written:
        """Message by message, so that the one which the database refuses becomes a dead letter and harms no other."""
        places = {move.partition: move.expected for move in moves}
        last = {move.partition: move for move in moves}
        messages, dead = dict.fromkeys(self._topics, 0), dict.fromkeys(self._topics, 0)
        for one in decoded:
            partition, offset = one.record.partition, one.record.offset
            step = Move(partition, places[partition], offset + 1, one.booked_at, one.booked_at)
            if step.next_offset == last[partition].next_offset:
                step = replace(last[partition], expected=places[partition])
            written = self._keep_one(keys, one, step)
            places[partition] = offset + 1
            for topic, number in written.messages.items():
                messages[topic] += number
            for topic, number in written.dead.items():
                dead[topic] += number
        return Written(messages, dead)

    def _keep_one(self, keys: Mapping[str, bytes], one: Delivery | DeadLetter, step: Move) -> Written:
        try:
            return batch.write(self._store, keys, self._known, [one], [step])
        except (DataError, IntegrityError, StatementError, OverflowError, UnicodeEncodeError) as error:
            letter = DeadLetter(one.record, one.booked_at, one.attributes, _project(one), "unstorable", str(error)[:500])
            return batch.write(self._store, keys, self._known, [letter], [step])

    def _identity_keys(self, decoded: Sequence[Delivery | DeadLetter]) -> Mapping[str, bytes]:
        """The identity keys of the projects in a batch; those that do not exist are left out."""
        names = {_project(one) for one in decoded} - self._projects.keys()
        now = time.monotonic()
        names = {name for name in names if name and now - self._looked_up.get(name, -1e9) >= PROJECTS_SECONDS}
        if names:
            if len(self._looked_up) > POISON_WINDOW:
                self._looked_up.clear()
            self._looked_up.update(dict.fromkeys(names, now))
            with self._store.begin() as unit:
                rows = unit.fetch(tables.project, [{"project": name} for name in sorted(names) if "\x00" not in name])
            self._projects.update({row["project"]: row["identity_key"] for row in rows})
        return self._projects

    def _idle_due(self) -> bool:
        # By either clock: a replay's stands or jumps while the machine's goes on, and the machine's may be set back.
        passed = self._clock.now() - self._kept_at
        return passed >= 1_000 * IDLE_SECONDS or time.monotonic() - self._idle_since >= IDLE_SECONDS


def _project(one: Delivery | DeadLetter) -> str:
    return one.project if isinstance(one, DeadLetter) else str(one.message.project)

