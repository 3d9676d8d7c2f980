"""Resolve, reopen, mute: what a person or a program commands about an issue."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer
from api.issues.commanding import Wish, consequence
from api.issues.rows import command_row, standing_row
from api.issues.standings import standing
from api.problems import Problem, not_found
from api.rest import bodies
from api.rest.asking import PRODUCTION, Asked, Environment, OfProject
from models.store.queries import issue_commands, issues

router = APIRouter(prefix="/projects/{project}", tags=["issues"])
MOST_BYTES = 64 * 1024
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["command", "reason"],
                    "properties": {
                        "command": {"enum": ["resolve", "reopen", "mute"]},
                        "fixed_in": {"enum": ["now", "release", "next"], "description": "Of `resolve`."},
                        "release": {"type": "string", "description": "The release with the fix, of `release`."},
                        "reason": {"type": "string"},
                        "by": {"type": "string", "description": "Who says so; default: the token's name."},
                        "id": {
                            "type": "string",
                            "description": "Told again it changes nothing; of another command: 409.",
                        },
                        "dry_run": {"type": "boolean", "description": "Only say what would follow."},
                    },
                }
            }
        },
    }
}


class CommandBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    command: str
    reason: str
    fixed_in: str = ""
    release: str = ""
    by: str = ""
    id: Annotated[str, Meta(max_length=200)] = ""
    dry_run: bool = False


@router.post(
    "/issues/{issue}/commands", status_code=201, summary="Resolve, reopen or mute an issue", openapi_extra=BODY
)
async def command(request: Request, asked: OfProject, issue: str, environment: Environment = PRODUCTION) -> Response:
    """It holds in every environment; ``consequence`` says what follows in the one that is asked for."""
    body = await bodies.read(request, MOST_BYTES)
    try:
        told = msgspec.json.decode(body, type=CommandBody)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, "This is no command", f"{error}: see /api/v1/openapi.json.") from None
    return await run_in_threadpool(_command, asked, issue, environment, told)


def _command(asked: Asked, name: str, environment: str, told: CommandBody) -> Response:
    wish = Wish(told.command, told.fixed_in, told.release.strip(), told.reason.strip(), told.by.strip() or asked.by)
    for field, problem in wish.wrong().items():
        raise Problem(422, "This cannot be commanded", problem, place="command" if field == "kind" else field)
    if "\x00" in told.id:
        raise Problem(422, "This cannot be commanded", "Leave the control character out.", place="id")
    with asked.services.reading() as connection:  # first, for only this sees one state of the totals
        found = issues.view(connection, asked.project, environment, name)
        if found is None:
            raise not_found("issue", name, f"None such was seen in {environment}: see the list of issues.")
        one = wish.command(connection, asked.project, found.issue, asked.services.clock.now(), told.id)
    keep = issue_commands.kept if told.dry_run else issue_commands.append
    opened = asked.services.reading if told.dry_run else asked.services.writing
    try:
        with opened() as connection:
            one = keep(connection, asked.project, one) or one
            stands, _ = standing(connection, asked.project, environment, found.issue)
    except issue_commands.Taken as error:
        raise Problem(409, "Another command has this id", f"{error}. Choose another id.", place="id") from None
    shown: dict[str, Any] = command_row(one) | {"issue": found.issue, "name": found.name, "dry_run": told.dry_run}
    shown |= {"environment": environment, "consequence": consequence(one, environment)}
    return answer(shown | {"standing": standing_row(stands)}, 200 if told.dry_run else 201)
