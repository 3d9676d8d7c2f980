"""The JSON Schemas of messages and documents, as addresses and inside our OpenAPI."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer
from api.problems import not_found
from models.wire.schemas import STRUCTS, schema

router = APIRouter(tags=["schemas"])
MEDIA_TYPE = "application/schema+json"
ROOT = "/api/v1/schemas"


@router.get("/schemas", include_in_schema=False)
@router.get("/schemas/", summary="The schemas of all messages and documents")
def schemas() -> Response:
    return answer({"items": [{"name": name, "url": f"{ROOT}/{name}"} for name in STRUCTS], "next": None})


@router.get("/schemas/{name}", summary="One JSON Schema")
def one_schema(name: str) -> Response:
    """``name`` as the list has it, with or without ``.json``."""
    wanted = name.removesuffix(".json")
    if wanted not in STRUCTS:
        raise not_found("schema", name, f"There are {', '.join(STRUCTS)}.")
    found = answer(schema(wanted))
    found.headers["Content-Type"] = MEDIA_TYPE
    return found


def body_of(kind: str) -> dict[str, Any]:
    """What OpenAPI says of the body of a message: one without its project, which the address names, or many."""
    whole = schema(f"{kind}.v1")
    one = _inline(whole, whole["$defs"])
    for name in ("$schema", "$id", "$defs"):
        one.pop(name)
    del one["properties"]["project"]
    one["required"] = [name for name in one.get("required", []) if name != "project"]
    either = {"anyOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": 1_000}]}
    event = {"type": "object", "required": ["data"], "properties": {"data": one}}
    content = {"application/json": {"schema": either}, "application/cloudevents+json": {"schema": event}}
    return {"requestBody": {"required": True, "content": content}}


def _inline(value: Any, definitions: dict[str, Any]) -> Any:
    """With what it refers to in its place; none of ours refers to itself."""
    if isinstance(value, list):
        return [_inline(inner, definitions) for inner in value]
    if not isinstance(value, dict):
        return value
    if reference := value.get("$ref"):
        return _inline(definitions[reference.rpartition("/")[2]], definitions)
    return {name: _inline(inner, definitions) for name, inner in value.items()}
