"""What came of the last action that was called for on each deploy."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from analytics.reports.delivery import NOBODY_TOLD
from models.domain.decision import Decision
from models.domain.verdict import Mode
from models.store.queries import actions, decisions
from models.store.queries.actions import Action
from models.wire.times import to_text

Acted = dict[str, Any]
"""The ``action`` of gate.v1."""


def acted(connection: Connection, project: str, environment: str, deploys: Collection[str]) -> dict[str, Acted]:
    """By deploy; one on which nothing was called for is missing."""
    calling = decisions.calling(connection, project, environment, deploys)
    return {one.deploy: told for one, told in _told(connection, project, list(calling.values()))}


def of_decision(connection: Connection, decision: Decision) -> Acted | None:
    """Of what the decision itself called for."""
    called = [decision] if decision.document.get("action") else []
    return next((told for _, told in _told(connection, decision.project, called)), None)


def _told(connection: Connection, project: str, called: list[Decision]) -> list[tuple[Decision, Acted]]:
    done = actions.of_decisions(connection, project, [one.decision for one in called]) if called else []
    by_call = {(one.decision, one.kind): one for one in done}
    found = [(one, by_call.get((one.decision, one.document["action"]["kind"]))) for one in called]
    return [(one, _acted(one, row)) for one, row in found if row or one.mode is Mode.AUTOMATIC]


def _acted(decision: Decision, done: Action | None) -> Acted:
    """Without a webhook nothing goes out: where people only want advice, they look at the pages, and none is missed."""
    called = decision.document["action"]
    told = {"kind": called["kind"], "target": called["target"]}
    if done is None:
        return told | {"state": NOBODY_TOLD, "attempts": 0, "result": None, "at": None}
    last = done.attempts[-1] if done.attempts else None
    return told | {
        "state": done.state,
        "attempts": len(done.attempts),
        "result": last.result if last else None,
        "at": to_text(last.attempted_at) if last else None,
    }
