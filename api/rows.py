"""Feedback, decisions and actions as documents and lists show them: one shape each, wherever they stand."""

from typing import Any

from api import addresses
from models.domain.decision import Decision
from models.domain.evidence import MILLISECONDS_A_MINUTE
from models.store.queries.actions import Action
from models.store.queries.feedback import Feedback
from models.wire.times import to_text


def feedback_row(one: Feedback, issue: str | None, url: str | None) -> dict[str, Any]:
    """``issue``: what its issue is called; ``url``: the issue's page."""
    return {
        "feedback": one.feedback,
        "message": one.message,
        "at": to_text(one.occurred_at),
        "release": one.release,
        "environment": one.environment,
        "event_id": one.event_id,
        "issue": issue,
        "joined_by": one.joined_by.value,
        "characters": one.characters,
        "rating": one.rating,
        "source": one.source,
        "language": one.language,
        "written_at": one.url,
        "url": url,
    }


def decision_row(one: Decision, public_url: str) -> dict[str, Any]:
    called = one.document.get("action")
    return {
        "decision": one.decision,
        "release": one.release,
        "environment": one.environment,
        "decided_at": to_text(one.decided_at),
        "as_of": one.document["as_of"],
        "verdict": one.verdict.value,
        "score": one.judgement.score,
        "mode": one.mode.value,
        "policy": one.policy,
        "taken_by": one.taken_by,
        "provisional": one.provisional,
        "sentence": one.judgement.sentence,
        "action": {name: called.get(name) for name in ("kind", "target", "reason")} if called else None,
        "outcomes": [
            {"label": said.label, "reason": said.reason, "by": said.said_by, "at": to_text(said.booked_at)}
            for said in one.outcomes
        ],
        "url": addresses.page(public_url, one.project, "decisions", one.decision),
    }


def action_row(one: Action) -> dict[str, Any]:
    attempts = [
        {"attempt": each.attempt, "at": to_text(each.attempted_at), "status": each.status, "result": each.result}
        for each in one.attempts
    ]
    return {"action": one.action, "kind": one.kind, "target": one.target, "state": one.state, "attempts": attempts}


def minute_start(minute: int) -> str:
    return to_text(minute * MILLISECONDS_A_MINUTE)


def minute_end(minute: int) -> str:
    """As of then, what happened in a minute is known."""
    return to_text((minute + 1) * MILLISECONDS_A_MINUTE)
