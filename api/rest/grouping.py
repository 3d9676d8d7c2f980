"""Which events are one issue: why, and which one an event would join."""

from typing import Any, cast

import msgspec
from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from analytics.grouping import v2
from analytics.grouping.v2.explaining import document, explain
from analytics.grouping.v2.joining import Recorded, join, keys_of
from api.answers import answer
from api.grouping import Why
from api.grouping import why as why_of
from api.intake.keys import ProjectKeys
from api.intake.kinds.context import Context
from api.intake.kinds.events import event_record
from api.intake.opening.reading import Unreadable, read_object
from api.intake.refusal import Refusal
from api.problems import Problem, not_found
from api.rest import bodies
from api.rest.asking import Asked, OfProject
from models.domain.project import ProjectSettings
from models.store.queries import grouping, issue_names, project_settings
from models.store.queries.grouping import KeyOf
from models.wire.times import to_text

router = APIRouter(prefix="/projects/{project}", tags=["grouping"])
MOST_BYTES = 1024 * 1024
"""As an event at intake."""
EVENT = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


@router.get("/issues/{issue}/why", summary="Why its events are one thing")
def why(asked: OfProject, issue: str) -> Response:
    """The rule that applied, the tree of what contributed and what did not, and the keys by which events find it."""
    with asked.services.reading() as connection:
        identifier = identified(connection, asked.project, issue)
        found = why_of(connection, asked.project, identifier)
        if not found.version and not found.keys:
            raise not_found("issue", issue, "See the list of issues.")
        name = issue_names.names(connection, asked.project, [identifier]).get(identifier)
    return answer({"issue": identifier, "name": name} | _shown(found))


@router.post("/grouping/explain", summary="Which issue an event would join, and why", openapi_extra=EVENT)
async def explained(request: Request, asked: OfProject) -> Response:
    """The body is an event as an SDK sends it. It is scrubbed as intake would, grouped, and thrown away."""
    body = await bodies.read(request, MOST_BYTES)
    try:
        event = read_object(body)
    except Unreadable as error:
        raise Problem(400, "The event is not a JSON object", f"{error}. Send one event.") from None
    return answer(await run_in_threadpool(_explain, asked, event))


def _explain(asked: Asked, event: dict[str, Any]) -> dict[str, Any]:
    with asked.services.reading() as connection:
        settings = project_settings.current(connection, asked.project)
        grouping_of = v2.group(_as_logged(asked, event, settings), settings.fingerprints)
        keys = keys_of(asked.project, grouping_of)
        found = grouping.recorded(connection, asked.project, [key.value for key in keys])
        known = {key: Recorded(one.issue, cast(v2.Kind, one.kind)) for key, one in found.items()}
        joined = join(asked.project, grouping_of, known.get)
        name = issue_names.names(connection, asked.project, [joined.issue]).get(joined.issue)
    return {
        "version": grouping_of.version,
        "title": grouping_of.title,
        "rule": grouping_of.parts[0],
        "parts": grouping_of.parts[1:],
        "tree": document(explain(grouping_of)),
        "keys": [
            {"kind": key.kind, "key": key.value, "issue": known[key.value].issue if key.value in known else None}
            for key in keys
        ],
        "joins": {"issue": joined.issue, "name": name, "by": joined.by.kind} if joined.by else None,
        "makes": None if joined.by else joined.issue,
    }


def _as_logged(asked: Asked, event: dict[str, Any], settings: ProjectSettings) -> dict[str, Any]:
    """The event as intake would give it to the log; raises `Problem`."""
    keys = ProjectKeys(asked.project, frozenset(), asked.identity_key, settings)
    try:
        record = event_record(event, Context(keys, None, asked.services.clock.now()))
    except (Refusal, Unreadable) as error:
        raise Problem(422, "Intake would not take this event", f"{error}. Send it as an SDK does.") from None
    found: dict[str, Any] = msgspec.json.decode(record.value or b"{}")["event"]
    return found


def identified(connection: Connection, project: str, name: str) -> str:
    """The id of an issue by its id or name; raises `Problem` (404)."""
    found = issue_names.identified(connection, project, name)
    if found is None:
        raise not_found("issue", name, "See the list of issues.")
    return found


def _shown(found: Why) -> dict[str, Any]:
    return {
        "version": found.version,
        "rule": found.rule,
        "parts": found.parts,
        "tree": found.tree,
        "keys": [_key(one) for one in found.keys],
        "says": [{"value": value, "samples": count} for value, count in found.says],
        "merged": [{"issue": issue, "name": name} for issue, name in found.merged],
        "merged_into": found.merged_into,
    }


def _key(one: KeyOf) -> dict[str, Any]:
    return {"kind": one.kind, "key": one.key, "recorded_at": to_text(one.recorded_at), "moved": one.moved}
