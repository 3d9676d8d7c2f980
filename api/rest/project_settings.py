"""A project's settings: read, and replaced by a TOML document; and what its scrubbing came to."""

from fastapi import APIRouter, Request
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer
from api.problems import Problem
from api.rest import bodies
from api.rest.asking import Asked, OfProject
from models.store.queries import project_settings, scrubbed
from models.wire.scrubbing.meanings import MEANINGS
from models.wire.toml import BadDocument

router = APIRouter(prefix="/projects/{project}", tags=["settings"])
MOST_BYTES = 64 * 1024
PUT_BODY = {"requestBody": {"required": True, "content": {"application/toml": {"schema": {"type": "string"}}}}}


@router.get("/settings", summary="The settings in force")
def show(asked: OfProject) -> Response:
    """``document`` is the TOML as it was applied; null where none was."""
    with asked.services.reading() as connection:
        version = project_settings.current(connection, asked.project).version
        document = project_settings.document(connection, asked.project)
    return answer({"version": version, "document": document})


@router.put("/settings", summary="Make a TOML document the settings in force", openapi_extra=PUT_BODY)
async def apply(request: Request, asked: OfProject) -> Response:
    """A new version. It holds for what is received five seconds later, and not for what was received before."""
    body = await bodies.read(request, MOST_BYTES)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Problem(400, "The settings are not UTF-8", f"{error}. Save the file as UTF-8.") from None
    return answer({"version": await run_in_threadpool(_apply, asked, text), "document": text})


@router.get("/scrubbing", summary="What was scrubbed, by rule")
def scrubbing(asked: OfProject) -> Response:
    """How often each rule found something in what is stored. What it found is kept nowhere."""
    with asked.services.reading() as connection:
        counts = scrubbed.by_rule(connection, asked.project)
    items = [{"rule": rule, "what": MEANINGS.get(rule), "count": count} for rule, count in counts.items()]
    return answer({"items": items})


def _apply(asked: Asked, text: str) -> int:
    try:
        with asked.services.writing() as connection:
            now = asked.services.clock.now()
            return project_settings.apply(connection, asked.project, text, asked.by, now).version
    except BadDocument as error:
        place, _, detail = str(error).partition(": ")
        raise Problem(422, "These are not a project's settings", detail or place, place=place) from None
    except IntegrityError:
        detail = "See the settings in force, and apply yours again if they still should be."
        raise Problem(409, "Other settings were applied at the same time", detail) from None
