"""When a record counts: its booking time, and how far each partition is read. Pure.

Booking time decides the minute. It is the log's own append time, and never less than what was booked or read before in
its partition, so that nothing is late and no closed minute changes (ARCHITECTURE.md, "Time").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.ports import Batch, Move, Partition, Record

GRACE = 5_000
"""Milliseconds that ``read_to`` stays behind now at a partition's end: appends take that long at most to show."""
STEP = 1_000
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a partition stands, as the store has it; times in ms."""

    next_offset: int = 0
    booked_to: int = 0
    read_to: int = 0


@dataclass(frozen=True, slots=True)
class Booked:
    """A batch's records with their booking times, and the step of each partition that moved."""

    records: tuple[tuple[Record, int], ...]
    moves: tuple[Move, ...]
    due: bool
    """Whether it has to be written: it has records, or time went on by a second, or into another minute."""


def book(polled: Batch, places: Mapping[Partition, Place], now: int) -> Booked:
    """Book a batch. Records of partitions that are not ours any more, or that were read before, are left out."""
    reached = dict(places)
    records = []
    for record in polled.records:
        place = reached.get(record.partition)
        if place is None or record.offset < place.next_offset:
            continue
        booked_at = max(record.appended_at, place.booked_to, place.read_to)
        reached[record.partition] = Place(record.offset + 1, booked_at, booked_at)
        records.append((record, booked_at))
    for partition in polled.at_end & reached.keys():
        place = reached[partition]
        reached[partition] = replace(place, read_to=max(place.read_to, now - GRACE))
    steps = [(partition, places[partition], place) for partition, place in reached.items()]
    moves = tuple(_move(partition, before, after) for partition, before, after in steps if after != before)
    return Booked(tuple(records), moves, bool(records) or any(_goes_on(before, after) for _, before, after in steps))


def halve(records: Sequence[tuple[Record, int]], moves: Sequence[Move]) -> tuple[list[Move], list[Move]]:
    """The moves of the first half of a batch's records, and those that take the second from there to the end."""
    middle = len(records) // 2
    reached = {record.partition: (record.offset + 1, booked_at) for record, booked_at in records[:middle]}
    later = {record.partition for record, _ in records[middle:]}
    first, second = [], []
    for move in moves:
        if move.partition not in reached:
            second.append(move)
        elif move.partition not in later:
            first.append(move)
        else:
            next_offset, booked_at = reached[move.partition]
            first.append(Move(move.partition, move.expected, next_offset, booked_at, booked_at))
            second.append(replace(move, expected=next_offset))
    return first, second


def _move(partition: Partition, before: Place, after: Place) -> Move:
    return Move(partition, before.next_offset, after.next_offset, after.booked_to, after.read_to)


def _goes_on(before: Place, after: Place) -> bool:
    return after.read_to - before.read_to >= STEP or after.read_to // MINUTE != before.read_to // MINUTE
