"""Booking time: which minute a record counts in, and how far its partition is read."""

from collections.abc import Sequence

from consumers.booking import GRACE, Place, book, halve
from models.ports import Batch, Move, Partition, Record

ONE, TWO = Partition("seatrial.errors", 0), Partition("seatrial.errors", 1)


def record(offset: int, appended_at: int, partition: Partition = ONE) -> Record:
    return Record(partition, offset, None, b"", (), appended_at)


def batch(*records: Record, at_end: Sequence[Partition] = ()) -> Batch:
    next_offsets = {one.partition: one.offset + 1 for one in records}
    return Batch(records, next_offsets, frozenset(at_end), frozenset({ONE, TWO}))


def test_a_record_is_booked_when_the_log_took_it() -> None:
    """And its partition is booked and read up to there."""
    booked = book(batch(record(5, 1_000)), {ONE: Place(5, 500, 600)}, now=90_000)
    assert [at for _, at in booked.records] == [1_000]
    assert booked.moves == (Move(ONE, 5, 6, 1_000, 1_000),)


def test_booking_time_never_goes_back_in_a_partition() -> None:
    """A clock that was set back, or a record before what was read already, is booked where the partition stands."""
    booked = book(batch(record(5, 1_000), record(6, 900), record(7, 2_000)), {ONE: Place(5, 500, 1_500)}, now=0)
    assert [at for _, at in booked.records] == [1_500, 1_500, 2_000]


def test_partitions_are_booked_apart() -> None:
    """What one is read to says nothing of another."""
    places = {ONE: Place(1, 0, 9_000), TWO: Place(1, 0, 0)}
    booked = book(batch(record(1, 1_000), record(1, 1_000, TWO)), places, now=0)
    assert [at for _, at in booked.records] == [9_000, 1_000]


def test_the_end_of_a_partition_is_read_up_to_now_less_a_grace() -> None:
    """Its last record's time if that is later; a partition that is not at its end stands where its records are."""
    places = {ONE: Place(), TWO: Place()}
    polled = batch(record(0, 1_000), record(0, 1_000, TWO), at_end=[ONE])
    reached = {move.partition: move.read_to for move in book(polled, places, now=60_000).moves}
    assert reached == {ONE: 60_000 - GRACE, TWO: 1_000}
    assert book(batch(at_end=[ONE]), {ONE: Place(0, 0, 70_000)}, now=60_000).moves == ()


def test_time_that_passes_without_records_is_written_each_second_and_at_each_minute() -> None:
    """So that a minute closes in silence too, and an idle consumer costs next to nothing."""
    place = Place(3, 0, 58_000)
    assert not book(batch(at_end=[ONE]), {ONE: place}, now=GRACE + 58_900).due
    assert book(batch(at_end=[ONE]), {ONE: place}, now=GRACE + 59_000).due
    assert book(batch(at_end=[ONE]), {ONE: Place(3, 0, 59_900)}, now=GRACE + 60_000).due
    assert not book(batch(), {ONE: place}, now=GRACE + 90_000).due


def test_records_of_a_partition_that_was_lost_are_left_out() -> None:
    """Nothing would fence them: its new owner reads them."""
    booked = book(batch(record(0, 1_000), record(0, 1_000, TWO), at_end=[ONE, TWO]), {TWO: Place()}, now=9_000)
    assert [one.partition for one, _ in booked.records] == [TWO]
    assert [move.partition for move in booked.moves] == [TWO]


def test_records_that_were_read_before_are_left_out() -> None:
    """A reader that went back gives them twice; offsets may have gaps."""
    booked = book(batch(record(3, 1), record(4, 1), record(9, 1)), {ONE: Place(4, 0, 0)}, now=0)
    assert [one.offset for one, _ in booked.records] == [4, 9]
    assert booked.moves == (Move(ONE, 4, 10, 1, 1),)


def test_two_halves_of_a_batch_take_the_same_way() -> None:
    """The second goes on where the first ends; what only time moved is in the second."""
    three = Partition("seatrial.errors", 2)
    records = [(record(0, 10), 10), (record(0, 20, TWO), 20), (record(1, 30), 30), (record(2, 40), 40)]
    moves = [Move(ONE, 0, 3, 40, 99), Move(TWO, 0, 1, 20, 99), Move(three, 5, 5, 0, 99)]
    first, second = halve(records, moves)
    assert first == [Move(ONE, 0, 1, 10, 10), Move(TWO, 0, 1, 20, 99)]
    assert second == [Move(ONE, 1, 3, 40, 99), Move(three, 5, 5, 0, 99)]
