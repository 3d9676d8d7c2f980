"""The same messages in any order, any number of times, over any partitions and batches, give the same totals."""

import random
from collections.abc import Mapping
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
AGENTS = some.sampled_from([None, "Mozilla/5.0 (Linux; Android 15) Mobile", "Mozilla/5.0 (X11; Linux x86_64)"])
BY_SEGMENT = 'segments = { os = true, plan = ["pro", "free"] }'


@some.composite
def session_update(draw: some.DrawFn) -> tuple[str, Any]:
    started = f"2023-11-14T22:0{draw(SMALL)}:00Z"
    fields = {"errors": draw(SMALL), "did": draw(USERS), "started": started, "release": draw(RELEASES)}
    among = {"user_agent": draw(AGENTS), "segments": draw(some.sampled_from([{}, {"plan": "pro"}, {"plan": "own"}]))}
    return SESSIONS, session(draw(SIDS), draw(STATUSES), **fields, **among)


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
    shop = Consuming(partitions=3, settings=BY_SEGMENT)
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


COUNTS = some.fixed_dictionaries(dict.fromkeys(("exited", "errored", "unhandled", "abnormal", "crashed"), SMALL))
MINUTES = some.lists(some.tuples(COUNTS, USERS), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(MINUTES, AGENTS, some.randoms(use_true_random=False))
def test_aggregates_equal_the_sessions_that_they_count(
    minutes: list[tuple[dict[str, int], str | None]], agent: str | None, chance: random.Random
) -> None:
    """An item of N is N sessions that ended so: in counts, segments, users, users failed and users hurt."""
    buckets = [counts | ({"did": user} if user else {}) for counts, user in minutes]
    item = aggregates(*buckets)
    item["attrs"]["user_agent"] = agent
    single = [
        session(f"s{place}-{status}-{number}", status, did=user, user_agent=agent)
        for place, (counts, user) in enumerate(minutes)
        for status, total in counts.items()
        for number in range(total)
    ]
    chance.shuffle(single)
    aggregated, individual = Consuming(settings=BY_SEGMENT), Consuming(settings=BY_SEGMENT)
    aggregated.told(SESSIONS, item)
    individual.told(SESSIONS, *single)
    for name in ("sessions", "segments", "failed", "users"):
        assert totals_of(aggregated.rows)[name] == totals_of(individual.rows)[name]
    for table in (tables.session_minute, tables.hurt_user):
        assert aggregated.rows(table) == individual.rows(table)


@settings(max_examples=60, deadline=None)
@given(some.lists(session_update(), min_size=1, max_size=12))
def test_statuses_are_disjoint(updates: list[tuple[str, Any]]) -> None:
    """In every place, and up to every minute, they add up to the sessions started; so do a segment's values."""
    shop = Consuming(settings=BY_SEGMENT)
    cells: dict[str, Any] = {}
    for topic, value in updates:
        shop.told(topic, value)
        shop.later(1)
        cells = totals_of(shop.rows)
        assert all(count >= 0 for count in cells["sessions"].values())
        _adds_up(cells["sessions"])
        _adds_up(cells["segments"])
        for segment in ("os", "plan"):
            of_segment = sum(count for key, count in cells["segments"].items() if key[2::2] == (segment, "started"))
            assert of_segment == sum(count for key, count in cells["sessions"].items() if key[-1] == "started")
    started = sum(row["started"] for row in shop.rows(tables.session_minute))
    assert started == len({value["session"]["sid"] for _, value in updates})


def _adds_up(cells: Mapping[tuple[str, ...], int]) -> None:
    for place in {key[:-1] for key in cells}:
        assert cells.get((*place, "started"), 0) == sum(cells.get((*place, name), 0) for name in CLASSES)
