"""Whatever stands on the topics, a consumer goes on, and accounts for all of it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from models.ports import NewRecord
from models.store import tables
from models.wire.topics import CONSUMED, DEPLOYS, ERRORS, FEEDBACK, LEDGER, OUTCOMES, SESSIONS
from tests.fakes.consuming import Consuming, aggregates, encode, error, session

LEAVES = (
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | some.text()
)
JSON = some.recursive(
    LEAVES, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3)
)
DEPLOY = {"project": "shop", "environment": "production", "release": "r", "id": "d", "at": "2026-01-01T00:00:00Z"}
CDEVENT = {"context": {"type": "dev.cdevents.service.deployed.0.4.0", "id": "c"}, "subject": {"content": {}}}
SOUND: list[tuple[str, Any]] = [
    (ERRORS, error()),
    (SESSIONS, session(did="ada", errors=1)),
    (SESSIONS, aggregates({"crashed": 1, "did": "ada"})),
    (FEEDBACK, {"project": "shop", "message": "slow", "id": "f", "user": {"id": "ada"}, "event_id": None}),
    (DEPLOYS, DEPLOY),
    (DEPLOYS, CDEVENT),
    (DEPLOYS, {"deployment_status": {"state": "success"}, "deployment": {"ref": "r", "id": 1}}),
    (OUTCOMES, {"project": "shop", "label": "correct", "decision": "d-1", "release": "r"}),
    (LEDGER, {"project": "shop", "id": "l", "counts": [{"category": "error", "fate": "accepted", "count": 1}]}),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every value inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, one in inner for place in places(one, (*path, name)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    first, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[first] = replaced(value[first], tuple(rest), by)
    return copy


@some.composite
def nearly_sound(draw: some.DrawFn) -> NewRecord:
    """A good message with something else in one of its places."""
    topic, value = draw(some.sampled_from(SOUND))
    path = draw(some.sampled_from(places(value)))
    return NewRecord(topic, b"shop:1", encode(replaced(value, path, draw(JSON))))


@some.composite
def noise(draw: some.DrawFn) -> NewRecord:
    headers = draw(
        some.lists(some.tuples(some.sampled_from(["ce_id", "ce_source", "content-type"]), some.binary()), max_size=2)
    )
    key, value = draw(some.none() | some.binary()), draw(some.none() | some.binary() | JSON.map(encode))
    return NewRecord(draw(some.sampled_from(CONSUMED)), key, value, tuple(headers))


@settings(max_examples=150, deadline=None)
@given(some.lists(nearly_sound() | noise(), min_size=1, max_size=10))
def test_no_message_stops_a_consumer_or_harms_another(records: list[NewRecord]) -> None:
    """Each is counted or a dead letter, and never because the store had to refuse it."""
    shop = Consuming()
    for record in records:
        shop.writer.append(record)
    shop.send(SESSIONS, session("good"))
    assert shop.consume() == len(records) + 1
    assert "good" in {row["sid"] for row in shop.rows(tables.session)}
    assert "unstorable" not in {reason for reason, _ in shop.dead()}
    kept = sum(count for (_, fate), count in shop.fates().items() if fate in {"stored", "duplicate"})
    dead = sum(row["topic"] != "ledger" for row in shop.rows(tables.dead_letter))
    assert kept + dead == 1 + sum(record.topic != LEDGER for record in records)
