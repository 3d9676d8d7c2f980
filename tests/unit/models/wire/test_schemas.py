"""The JSON Schemas: `models.wire.schemas`, and the files in ``docs/schemas``."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from consumers.decoding import Delivery, decode
from models.ports import Partition, Record
from models.wire import topics
from models.wire.schemas import STRUCTS, schema
from tests.fakes.reports import gate, report

FOLDER = Path(__file__).parents[4] / "docs" / "schemas"
EXAMPLES: list[tuple[str, str, dict[str, Any]]] = [
    ("deploy.v1", topics.DEPLOYS, {"environment": "production", "release": "shop@1"}),
    (
        "deploy.v1",
        topics.DEPLOYS,
        {"environment": "x", "release": "1", "state": "started", "exposure": 0, "commits": [{"id": "a", "files": []}]},
    ),
    ("error.v1", topics.ERRORS, {"event": {"event_id": "0" * 31 + "1"}}),
    (
        "session.v1",
        topics.SESSIONS,
        {"session": {"sid": "s", "started": 1_700_000_000, "attrs": {"release": "shop@1"}}},
    ),
    (
        "session.v1",
        topics.SESSIONS,
        {"aggregates": [{"started": "2026-11-22T14:00:00Z", "exited": 3}], "attrs": {"release": "shop@1"}},
    ),
    ("feedback.v1", topics.FEEDBACK, {"message": "no", "rating": 1, "user": {"id": 7}, "event_id": "0" * 32}),
    ("feedback.v1", topics.FEEDBACK, {"message": "no", "user": "ana", "later": "a field of a later version"}),
    ("outcome.v1", topics.OUTCOMES, {"label": "missed", "release": "shop@1"}),
    ("outcome.v1", topics.OUTCOMES, {"label": "correct", "decision": "d-1", "reason": None}),
]
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("deploy.v1", {"environment": "production"}),
    ("deploy.v1", {"environment": "production", "release": "shop@1", "exposure": 1.5}),
    ("session.v1", {"aggregates": []}),
    ("feedback.v1", {"message": ""}),
    ("feedback.v1", {"message": "no", "rating": 6}),
    ("outcome.v1", {"label": "correct"}),
    ("outcome.v1", {"label": "correct", "decision": None, "release": ""}),
    ("outcome.v1", {"label": "great", "decision": "d-1"}),
]


@pytest.mark.parametrize("name", STRUCTS)
def test_the_files_are_those_of_the_structs(name: str) -> None:
    """The documentation's schemas are up to date: `scripts/schemas.py` writes them."""
    assert json.loads((FOLDER / f"{name}.json").read_text()) == schema(name)


def test_no_file_is_left_over() -> None:
    """There is no schema of something that is no more."""
    assert {path.stem for path in FOLDER.glob("*.json")} == set(STRUCTS)


@pytest.mark.parametrize("name", STRUCTS)
def test_each_is_a_schema(name: str) -> None:
    """Each is valid JSON Schema, and self-contained."""
    Draft202012Validator.check_schema(schema(name))
    assert '"$ref": "#/$defs/' in (text := json.dumps(schema(name))) or "$ref" not in text


@pytest.mark.parametrize(("name", "topic", "value"), EXAMPLES)
def test_consumers_take_what_the_schema_takes(name: str, topic: str, value: dict[str, Any]) -> None:
    """What a producer validated by the schema is no dead letter."""
    whole = {"project": "shop"} | value
    Draft202012Validator(schema(name)).validate(whole)
    record = Record(Partition(topic, 0), 0, b"shop:1", msgspec.json.encode(whole), (), 0)
    assert isinstance(decode(record, 0), Delivery)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_the_schema_refuses(name: str, value: dict[str, Any]) -> None:
    """What no consumer could use is invalid by the schema too."""
    assert not Draft202012Validator(schema(name)).is_valid({"project": "shop"} | value)


def test_documents() -> None:
    """``gate.v1`` and ``report.v1`` with every key are valid; without one of them they are not."""
    for name, document in (("gate.v1", gate()), ("report.v1", report())):
        Draft202012Validator(schema(name)).validate(document)
        for key in document:
            without = {other: value for other, value in document.items() if other != key}
            assert not Draft202012Validator(schema(name)).is_valid(without)
