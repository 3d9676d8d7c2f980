"""One release: is it worse, why, and what was done? And the same as a decision saw it."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from actions.call import FAILED
from analytics.reports import drawing
from api.problems import not_found
from api.release_document import release_document
from api.web import issue_rows, rendering
from api.web.seen import as_seen
from api.web.shell import Cursor, Look, Shell, Text
from models.domain.verdict import Verdict
from models.store.queries import issue_names
from models.wire.times import to_milliseconds

FINAL = (Verdict.CONTINUE.value, Verdict.ROLLBACK.value)
router = APIRouter(include_in_schema=False)


@router.get("/projects/{project}/releases/{release:path}")
def release_page(
    look: Look,
    release: str,
    at: Text = None,
    state: Text = None,
    after: Cursor = None,
) -> Response:
    """``at``: as the decision of this name saw it; ``state`` and ``after``: which issues are listed."""
    with look.services.reading() as connection:
        around = look.shell(connection)
        of = (connection, look.project, look.environment, release)
        rows, listed = issue_rows.of_release(*of, state, after)
        document = release_document(*of, around.now, "", issues=listed)
        if document is None:
            raise not_found("release", release, f"See the releases of {look.environment}, or name another environment.")
        if at:
            return _as_seen(connection, around, document, at)
        names = reason_names(connection, look.project, document["gate"])
    return rendering.page(
        "release.html",
        shell=replace(around, degraded=document["gate"]["degraded"]),
        report=document,
        gate=document["gate"],
        rows=rows,
        crashed={one["issue"]: one["sessions"] for one in document["crashed"]["issues"]},
        names=names,
        chart=_chart(document),
        failed=_failed(document),
        live=_live(document["gate"], around.now),
    )


def _failed(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What could not be delivered beside the gate's own action, which is said first, and the word of its failure."""
    action = document["gate"]["action"]
    told = {action["kind"], FAILED} if action else set()
    return [one for one in document["actions"] if one["state"] == "failed" and one["kind"] not in told]


def _live(gate: dict[str, Any], now: int) -> bool:
    """Whether more may soon be known: no final verdict, and one that is renewed, or would be if all was well."""
    renewed = (to_milliseconds(gate["valid_until"]) or 0) > now or gate["degraded"] is not None
    return gate["verdict"] not in FINAL and renewed


def _as_seen(connection: Connection, around: Shell, document: dict[str, Any], name: str) -> Response:
    found, seen = as_seen(connection, around, document, name)
    return rendering.page(
        "release_at.html",
        shell=around,
        report=seen,
        gate=seen["gate"],
        decision=found,
        names=reason_names(connection, around.project, seen["gate"]),
        chart=_chart(seen),
    )


def _chart(document: dict[str, Any]) -> str | None:
    """What the chart says in words; None where there is nothing to draw."""
    known = any(one["value"] is not None for one in document["series"])
    return drawing.sentence(document) if known else None


def reason_names(connection: Connection, project: str, gate: dict[str, Any]) -> dict[str, str]:
    """The short names of the issues that reasons speak of."""
    return issue_names.names(connection, project, [one["issue"] for one in gate["reasons"] if one["issue"]])
