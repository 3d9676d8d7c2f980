"""JSON Schemas of all messages and documents, made from their structs. They lie in ``docs/schemas`` too."""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

import msgspec
from msgspec import Struct

from models.wire import documents, messages

DIALECT = "https://json-schema.org/draft/2020-12/schema"

STRUCTS: Mapping[str, type[Struct]] = {
    "deploy.v1": messages.DeployMessage,
    "error.v1": messages.ErrorMessage,
    "session.v1": messages.SessionMessage,
    "feedback.v1": messages.FeedbackMessage,
    "outcome.v1": messages.OutcomeMessage,
    "ledger.v1": messages.LedgerMessage,
    "dead-letter.v1": messages.DeadLetterMessage,
    "gate.v1": documents.GateDocument,
    "report.v1": documents.ReportDocument,
}
EITHER: Mapping[str, list[list[str]]] = {
    "session.v1": [["session"], ["aggregates", "attrs"]],
    "outcome.v1": [["decision"], ["release"]],
}
"""Of these fields, one group must be there: what the types alone do not say."""


def schema(name: str) -> dict[str, Any]:
    """The schema of one of `STRUCTS`, self-contained."""
    _, components = msgspec.json.schema_components([STRUCTS[name]], ref_template="#/$defs/{name}")
    top = STRUCTS[name].__name__
    own = components.pop(top)
    if name in EITHER:
        own = own | {"anyOf": [_said(group) for group in EITHER[name]]}
    return {"$schema": DIALECT, "$id": f"/api/v1/schemas/{name}", **_described(own), "$defs": _described(components)}


def _described(part: Any) -> Any:
    """Descriptions are docstrings, which Python indents as written before 3.13, and no more since."""
    if isinstance(part, list):
        return [_described(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: cleandoc(value) if key == "description" and isinstance(value, str) else _described(value)
        for key, value in part.items()
    }


def _said(names: list[str]) -> dict[str, Any]:
    """These fields are there, neither null nor empty."""
    return {"required": names, "properties": {name: {"not": {"enum": [None, ""]}} for name in names}}
