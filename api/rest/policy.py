"""The policy of a project: read, and replaced by a TOML document."""

import re

from fastapi import APIRouter, Request
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import answer
from api.problems import Problem
from api.rest import bodies
from api.rest.asking import Asked, OfProject
from models.domain.policy import Policy
from models.store.queries import policies
from models.wire.policy import MASK, with_secret
from models.wire.toml import BadDocument

router = APIRouter(prefix="/projects/{project}", tags=["policy"])
MOST_BYTES = 64 * 1024
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]*")
PUT_BODY = {"requestBody": {"required": True, "content": {"application/toml": {"schema": {"type": "string"}}}}}


@router.get("/policy", summary="The policy in force")
def show(asked: OfProject) -> Response:
    """``document`` is the TOML as it was applied, without the webhook's secret; null where none was."""
    with asked.services.reading() as connection:
        policy = policies.current(connection, asked.project)
        document = policies.document(connection, asked.project)
    return answer(_shown(policy, document))


@router.put("/policy", summary="Make a TOML document the policy in force", openapi_extra=PUT_BODY)
async def apply(request: Request, asked: OfProject) -> Response:
    """A new version; the ones before it stay, for the decisions that were taken under them.

    A webhook without ``secret`` keeps the one of the policy in force.
    """
    body = await bodies.read(request, MOST_BYTES)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Problem(400, "The policy is not UTF-8", f"{error}. Save the file as UTF-8.") from None
    return answer(_shown(*await run_in_threadpool(_apply, asked, text)))


def _apply(asked: Asked, text: str) -> tuple[Policy, str]:
    """The policy and its document, which takes a secret that it leaves out from the policy in force."""
    try:
        with asked.services.writing() as connection:
            webhook = policies.current(connection, asked.project).webhook
            whole = with_secret(text, webhook.secret) if webhook else text
            return policies.apply(connection, asked.project, whole, asked.by, asked.services.clock.now()), whole
    except BadDocument as error:
        place, _, detail = str(error).partition(": ")
        raise Problem(422, "This is not a policy", detail or place, place=place) from None
    except IntegrityError:
        detail = "See the policy in force, and apply yours again if it still should be."
        raise Problem(409, "Another policy was applied at the same time", detail) from None


def _shown(policy: Policy, document: str | None) -> dict[str, object]:
    return {
        "policy": policy.title,
        "name": policy.name,
        "version": policy.version,
        "mode": policy.mode.value,
        "document": None if document is None else SECRET.sub(MASK, document),
    }
