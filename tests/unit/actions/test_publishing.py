"""Verdicts and dead letters reach the log, at least once and in order."""

from models.clock import SimulatedClock
from models.ports import Record
from models.store import tables
from models.wire import topics
from tests.fakes.actions import NOON, Outgoing


def published(shop: Outgoing, topic: str = topics.VERDICTS) -> list[Record]:
    return shop.log.records(topic)


def go_on(shop: Outgoing, milliseconds: int) -> None:
    assert isinstance(shop.clock, SimulatedClock)
    shop.clock.set(shop.clock.now() + milliseconds)


def test_a_verdict_is_appended_with_its_key_and_attributes(shop: Outgoing) -> None:
    """CloudEvents in binary mode; the id names the project, for decisions are counted in each."""
    shop.publication("verdict/d-1")
    assert shop.outbox.tick() == 1
    [record] = published(shop)
    assert (record.key, record.value) == (b"shop:production:shop@1.5.0", b"verdict/d-1")
    told = dict(record.headers)
    assert (told["ce_type"], told["ce_id"]) == (b"seatrial.verdict.v1", b"shop/verdict/d-1")
    assert (told["ce_time"], told["ce_source"]) == (b"2023-11-14T22:14:00Z", b"seatrial/outbox")


def test_a_dead_letter_has_its_own_type(shop: Outgoing) -> None:
    """It may name no project, and have no key."""
    shop.publication("dead-letter/errors/0/1", topics.DEAD_LETTERS, project="", key=None)
    shop.outbox.tick()
    [record] = published(shop, topics.DEAD_LETTERS)
    assert (record.key, dict(record.headers)["ce_type"]) == (None, b"seatrial.dead-letter.v1")


def test_what_was_appended_is_not_appended_again(shop: Outgoing) -> None:
    """Its row says so."""
    shop.publication("verdict/d-1")
    assert [shop.outbox.tick(), shop.outbox.tick(), shop.another().tick()] == [1, 0, 0]
    assert [row["published"] for row in shop.rows(tables.publication)] == [True]


def test_decisions_of_one_moment_keep_their_order(shop: Outgoing) -> None:
    """The last verdict of a release is the one that a compacted topic keeps: d-10 comes after d-9."""
    for number in (10, 9, 11, 8):
        shop.publication(f"verdict/d-{number}")
    shop.publication("verdict/d-7", created_at=NOON - 1)
    shop.outbox.tick()
    assert [record.value for record in published(shop)] == [b"verdict/d-%d" % number for number in (7, 8, 9, 10, 11)]


def test_more_than_one_batch_goes_in_one_tick(shop: Outgoing) -> None:
    """A backlog is worked off at once."""
    for number in range(1_101):
        shop.publication(f"verdict/d-{number}")
    assert shop.outbox.tick() == 1_101
    assert len(published(shop)) == 1_101


def test_a_log_that_is_down_is_tried_again_after_a_pause(shop: Outgoing) -> None:
    """Nothing is lost, and it is not asked every half second."""
    shop.publication("verdict/d-1")
    shop.log.down = True
    assert shop.outbox.tick() == 0
    shop.log.down = False
    assert shop.outbox.tick() == 0
    go_on(shop, 1_000)
    assert shop.outbox.tick() == 1
    assert len(published(shop)) == 1
