"""What became of what was sent: one event's fate, and the ledger of all."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import answer
from api.problems import Problem
from api.rest.asking import OfProject
from models.store.queries import events, issue_names
from models.store.queries.ledger import ledger_of

router = APIRouter(prefix="/projects/{project}", tags=["accounts"])


@router.get("/events/{event_id}", summary="What became of one event")
def one_event(asked: OfProject, event_id: str) -> Response:
    """``sample`` is the event without its secrets, null if it was counted and not kept."""
    with asked.services.reading() as connection:
        found = events.find(connection, asked.project, event_id)
        if found is None:
            detail = "It was never received, or is still in flight: ask again in a moment, and see the ledger."
            raise Problem(404, f"Nothing is known of the event {event_id!r}", detail)
        named = issue_names.names(connection, asked.project, [found.issue])
    return answer(
        {
            "event_id": found.event_id,
            "fate": found.fate.value,
            "issue": named.get(found.issue, found.issue),
            "release": found.release,
            "environment": found.environment,
            "sample": found.sample,
        }
    )


@router.get("/ledger", summary="What was received, and what became of it")
def ledger(asked: OfProject) -> Response:
    """By category: ``received``, and the fates that add up to it."""
    with asked.services.reading() as connection:
        return answer(ledger_of(connection, asked.project))
