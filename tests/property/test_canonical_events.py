"""Whatever JSON an event is: it becomes canonical, and the same by HTTP as straight from a producer."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as some

from api.intake.keys import ProjectKeys
from api.intake.kinds.context import Context
from api.intake.kinds.events import event_record
from api.intake.opening.reading import read_object
from consumers.decoding import Delivery, decode
from consumers.direct import understand
from models.domain.project import Project, ProjectSettings, Scrubbing
from models.ports import Partition, Record
from models.wire import fields, topics
from models.wire.canonical.labels import PLATFORMS
from models.wire.times import to_milliseconds

NOW = 1_795_390_740_000
KEY = b"key of the tests"
SETTINGS = ProjectSettings(scrubbing=Scrubbing(fields=("plan",), addresses=True))
CONTEXT = Context(ProjectKeys("shop", frozenset(), KEY, SETTINGS), None, NOW)
PROJECT = Project(KEY, SETTINGS)

# fmt: off
NAMES = [
    "event_id", "timestamp", "message", "logentry", "formatted", "params", "exception", "values", "type", "value",
    "mechanism", "handled", "stacktrace", "frames", "function", "lineno", "in_app", "vars", "pre_context", "threads",
    "tags", "user", "id", "email", "ip_address", "data", "plan", "level", "fingerprint", "release", "environment",
    "platform", "contexts", "extra", "environ", "errors", "breadcrumbs", "request", "sdk", "server_name", "password",
]
WORDS = [
    "", " ", "latest", "none", "a/b", "shop@1.0", "%s %(a)s {a} {0} {}", "token=hunter2", "10.0.0.7", "warn", "python",
    "2026-11-22T23:38:00Z", "0" * 32, "a" * 32, "x" * 9_000,
]
# fmt: on
leaves = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.just(10**400),
    some.floats(allow_nan=False, allow_infinity=False),
    some.text(some.characters(codec="utf-8", exclude_characters="\0"), max_size=10),
    some.sampled_from(WORDS),
)
values = some.recursive(
    leaves,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.sampled_from(NAMES), inner, max_size=5),
    max_leaves=25,
)
events = some.dictionaries(some.sampled_from(NAMES), values, max_size=12)


def by_intake(event: dict[str, Any]) -> Mapping[str, Any]:
    value: dict[str, Any] = json.loads(event_record(event, CONTEXT).value or b"")
    return value


def by_topic(event: dict[str, Any]) -> Any:
    value = json.dumps({"project": "shop", "event": event}, ensure_ascii=False).encode()
    delivery = decode(Record(Partition(topics.ERRORS, 0), 7, b"shop:1", value, (), NOW), NOW)
    assert isinstance(delivery, Delivery)
    return understand(delivery, PROJECT).message


@settings(max_examples=300, deadline=None)
@given(events)
def test_any_event_becomes_canonical(event: dict[str, Any]) -> None:
    """Nothing is lost for its content, and what reads it need not ask for the shape again."""
    normal = by_intake(event)["event"]
    assert fields.event_id(normal["event_id"]) == normal["event_id"]
    assert to_milliseconds(normal["timestamp"]) is not None
    assert normal["release"] is None or fields.release(normal["release"]) == normal["release"]
    assert fields.environment(normal["environment"]) == normal["environment"]
    assert normal["level"] in {"fatal", "error", "warning", "info", "debug"}
    assert normal["platform"] in PLATFORMS
    for exception in normal.get("exception", {"values": []})["values"]:
        assert isinstance(exception.get("type"), str | None)
        assert isinstance(exception.get("value"), str | None)
        assert all(isinstance(frame, dict) for frame in exception.get("stacktrace", {"frames": [{}]})["frames"])
    for key, value in normal.get("tags", []):
        assert isinstance(key, str)
        assert isinstance(value, str | None)
    assert all(isinstance(part, str) for part in normal.get("fingerprint", []))
    assert "message" not in normal
    assert isinstance(normal.get("logentry", {"formatted": ""})["formatted"], str)


@settings(max_examples=300, deadline=None)
@given(events)
def test_a_producer_of_its_own_says_the_same(event: dict[str, Any]) -> None:
    """The same event, the same user, and as much scrubbed; but for the id of one that has none."""
    taken, produced = by_intake(event), by_topic(event)
    found = json.loads(msgspec.json.encode(produced.event))
    if fields.event_id(event.get("event_id")) is None:
        found["event_id"] = taken["event"]["event_id"]
    assert found == taken["event"]
    assert produced.identity == taken.get("identity")
    assert (produced.scrubbed or {}) == taken.get("scrubbed", {})


@settings(max_examples=200, deadline=None)
@given(some.binary(max_size=40) | some.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_in_a_text(raw: bytes) -> None:
    """Lone surrogates, NUL and bad UTF-8 come out as text that every database takes."""
    quoted = b'{"message": "' + raw.replace(b"\\", b"").replace(b'"', b"") + rb'\ud800\u0000"}'
    formatted = by_intake(read_object(quoted))["event"]["logentry"]["formatted"]
    assert "\0" not in formatted
    formatted.encode()
