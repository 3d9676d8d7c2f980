"""Merges and splits of issues by people: audited, and held by the events to come."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer
from api.issues.commanding import MOST_NAME, wrong_text
from api.problems import Problem
from api.rest import bodies
from api.rest.asking import Asked, OfProject
from api.rest.grouping import identified
from models.store.queries import issue_names, teaching

router = APIRouter(prefix="/projects/{project}", tags=["grouping"])
MOST_BYTES = 64 * 1024
MOST_REASON = 2_000


class Merge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    into: str
    """The id or name of the issue that stays."""
    reason: str
    by: str | None = None


class Split(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without keys, the issue is taken out of the one that it was merged into."""

    reason: str
    keys: list[str] = []
    by: str | None = None


def _body(kind: type[msgspec.Struct]) -> dict[str, Any]:
    schema = msgspec.json.schema(kind)["$defs"][kind.__name__]
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@router.post("/issues/{issue}/merge", summary="Make it part of another issue", openapi_extra=_body(Merge))
async def merge(request: Request, asked: OfProject, issue: str) -> Response:
    """Events that would join it join the other from now on; what it did is shown as the other's. `split` undoes it."""
    wished = await _read(request, Merge)
    return answer(await run_in_threadpool(_merge, asked, issue, wished))


@router.post("/issues/{issue}/split", summary="Undo a merge, or split off some of its keys", openapi_extra=_body(Split))
async def split(request: Request, asked: OfProject, issue: str) -> Response:
    """Events that the ``keys`` find are an issue of their own from now on. Without keys, a merge of it is undone."""
    wished = await _read(request, Split)
    return answer(await run_in_threadpool(_split, asked, issue, wished))


def _merge(asked: Asked, issue: str, wished: Merge) -> dict[str, Any]:
    with asked.services.writing() as connection:
        gone = identified(connection, asked.project, issue)
        into = identified(connection, asked.project, wished.into)
        told = (_reason(wished.reason), _by(wished.by or asked.by), asked.services.clock.now())
        try:
            survivor = teaching.merge(connection, asked.project, gone, into, *told)
        except teaching.Unteachable as error:
            raise Problem(409, "The issues cannot be merged", f"{error}.") from None
        name = issue_names.names(connection, asked.project, [survivor]).get(survivor)
    return {"issue": gone, "merged_into": survivor, "name": name}


def _split(asked: Asked, issue: str, wished: Split) -> dict[str, Any]:
    with asked.services.writing() as connection:
        identifier = identified(connection, asked.project, issue)
        told = (_reason(wished.reason), _by(wished.by or asked.by), asked.services.clock.now())
        try:
            if wished.keys:
                made = teaching.split_keys(connection, asked.project, identifier, wished.keys, told)
                return {"issue": made, "from": identifier, "keys": sorted(set(wished.keys))}
            survivor = teaching.split(connection, asked.project, identifier, *told)
        except teaching.Unteachable as error:
            raise Problem(409, "The issue cannot be split", f"{error}.") from None
    return {"issue": identifier, "from": survivor, "keys": []}


async def _read(request: Request, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(await bodies.read(request, MOST_BYTES), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(
            422, "This says not what to do", f"{error}. See /api/v1/openapi.json for what is taken."
        ) from None


def _reason(text: str) -> str:
    reason = text.replace("\x00", "").strip()
    if not reason or len(reason) > MOST_REASON:
        raise Problem(422, "There is no reason", f"Say why, in at most {MOST_REASON:,} characters.", place="$.reason")
    return reason


def _by(text: str) -> str:
    if wrong := wrong_text("by", text, MOST_NAME, "Say who you are."):
        raise Problem(422, "There is no name", wrong["by"], place="$.by")
    return text
