"""The same messages in any order, any number of times, over any partitions and batches, give the same totals."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from analytics.correlation.sessions import CLASSES
from models.ports import NewRecord
from models.store import tables
from models.wire.topics import ERRORS, FEEDBACK, SESSIONS
from tests.fakes.consuming import Consuming, aggregates, encode, error, session, totals_of

RELEASES = some.sampled_from(["shop@1.4.2", "shop@1.5.0"])
USERS = some.sampled_from([None, "ada", "bob", "eve"])
SIDS = some.sampled_from(["s1", "s2", "s3"])
STATUSES = some.sampled_from(["ok", "exited", "errored", "unhandled", "abnormal", "crashed"])
SMALL = some.integers(0, 2)


@some.composite
def session_update(draw: some.DrawFn) -> tuple[str, Any]:
    started = f"2023-11-14T22:0{draw(SMALL)}:00Z"
    fields = {"errors": draw(SMALL), "did": draw(USERS), "started": started, "release": draw(RELEASES)}
    return SESSIONS, session(draw(SIDS), draw(STATUSES), **fields)


@some.composite
def aggregate(draw: some.DrawFn) -> tuple[str, Any]:
    # What is one thing is the same wherever it is told: everything follows from the id.
    number = draw(SMALL)
    bucket = {"exited": number, "crashed": 1, "did": "ada"}
    return SESSIONS, aggregates(bucket, identifier=f"a{number}", release="shop@1.5.0")


@some.composite
def event(draw: some.DrawFn) -> tuple[str, Any]:
    number = draw(some.integers(0, 5))
    kind = ("ValueError", "KeyError")[number % 2]
    user = {"id": ("ada", "bob")[number % 2]} if number % 3 else None
    release = ("shop@1.4.2", "shop@1.5.0")[number // 3]
    return ERRORS, error(f"e{number}", kind=kind, user=user, release=release, server_name=f"web-{number}")


@some.composite
def feedback(draw: some.DrawFn) -> tuple[str, Any]:
    number = draw(SMALL)
    return FEEDBACK, {"project": "shop", "id": f"f{number}", "message": "slow", "release": "shop@1.5.0"}


MESSAGES = some.lists(session_update() | aggregate() | event() | feedback(), min_size=1, max_size=20)


def totals(messages: list[tuple[str, Any]], chance: random.Random) -> dict[str, Any]:
    """What the tables come to after the messages were appended under random keys and consumed in random batches."""
    shop = Consuming(partitions=3)
    for topic, value in messages:
        shop.writer.append(NewRecord(topic, f"shop:{chance.randrange(9)}".encode(), encode(value)))
        if chance.random() < 0.3:
            shop.writer.flush()
            shop.later(chance.randrange(3))
            shop.consumer.step(0.0)
        if chance.random() < 0.1:
            shop.consumer.close()
    shop.writer.flush()
    shop.consume()
    found = totals_of(shop.rows)
    found["fates"] = {
        key: count for key, count in found["fates"].items() if key[1] == "stored"
    }  # the rest are duplicates
    return found


@settings(max_examples=60, deadline=None)
@given(MESSAGES, some.randoms(use_true_random=False))
def test_order_repetition_partitions_and_batches_decide_nothing(
    messages: list[tuple[str, Any]], chance: random.Random
) -> None:
    """Totals per release, environment and status are those of the messages told once in order."""
    straight = totals(messages, random.Random(0))
    shuffled = messages + chance.choices(messages, k=len(messages))
    chance.shuffle(shuffled)
    assert totals(shuffled, chance) == straight


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_the_ledger_adds_up(messages: list[tuple[str, Any]]) -> None:
    """Everything sent is stored or a duplicate, category by category."""
    shop = Consuming()
    for topic, value in messages:
        shop.send(topic, value)
    shop.consume()
    assert sum(shop.fates().values()) == len(messages)
    started = sum(row["started"] for row in shop.rows(tables.session_minute))
    classes = sum(row[name] for row in shop.rows(tables.session_minute) for name in CLASSES)
    assert started == classes
