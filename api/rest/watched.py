"""What past releases were judged on: the deploys that were under watch, and their minutes of evidence.

A backtest reads it and runs the engine where it was started (docs/adr/0027), not in this process, which takes events.
"""

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from analytics.correlation.deploys import deploys
from analytics.verdict import engine
from api.answers import answer, page, place_of
from api.problems import Problem
from api.rest.asking import PAGE, PRODUCTION, Asked, Cursor, Environment, Limit, OfProject
from models.domain.deploy import MINUTE
from models.domain.evidence import History
from models.store.queries import deploys as told
from models.store.queries import evidence, policies, watched
from models.store.queries.watched import Decided, StoredMinute, Watched
from models.wire.times import to_milliseconds, to_text

router = APIRouter(prefix="/projects/{project}", tags=["evidence"])
DAY_MINUTES = 1_440
"""Of one page: about half a megabyte, and far from the 20 s that a statement may take."""
Since = Annotated[str, Query(max_length=40, description="RFC 3339: only what began then or later.")]
Deploy = Annotated[str, Query(min_length=1, max_length=300)]


@router.get("/watched", summary="The deploys that were under watch, newest first")
def list_watched(
    asked: OfProject,
    environment: Environment = PRODUCTION,
    since: Since = "1970-01-01T00:00:00Z",
    cursor: Cursor = None,
    limit: Limit = PAGE,
) -> Response:
    """Each with its decisions and what people said of them, and what the engine began with.

    ``looked_at`` of a decision that was taken on minutes still open: those minutes, and the last one that had closed.
    """
    began = to_milliseconds(since)
    if began is None:
        raise Problem(422, f"{since!r} is no time", "Write it as in 2026-11-22T14:41:00Z.", place="query.since")
    before = place_of(cursor, watched.Place)
    with asked.services.reading() as connection:
        first = -(-began // MINUTE)
        found = watched.listed(connection, asked.project, environment, since=first, before=before, limit=limit + 1)
        decided = watched.decided(connection, asked.project, environment, [one.deploy for one in found])
        final = _irreversible(connection, asked.project, environment)

        def row(one: Watched) -> dict[str, Any]:
            rest = {"irreversible": one.deploy in final}
            return _row(asked, connection, one, decided.get(one.deploy, ())) | rest

        return answer(page(found, limit, lambda one: one.place, row))


@router.get("/watched/minutes", summary="The evidence of one deploy, minute by minute")
def list_minutes(
    asked: OfProject, deploy: Deploy, environment: Environment = PRODUCTION, cursor: Cursor = None
) -> Response:
    """In order, a day of them a page: what was known of each as it closed, and the verdict after it."""
    after = place_of(cursor, int)
    with asked.services.reading() as connection:
        found = watched.minutes(
            connection,
            asked.project,
            environment,
            deploy,
            after=-1 if after is None else after,
            limit=DAY_MINUTES + 1,
        )
    return answer(page(found, DAY_MINUTES, lambda one: one.minute, _minute))


def _minute(one: StoredMinute) -> dict[str, Any]:
    return {"minute": one.minute, "verdict": one.verdict, "evidence": msgspec.Raw(one.evidence.encode())}


def _row(asked: Asked, connection: Connection, one: Watched, decisions: tuple[Decided, ...]) -> dict[str, Any]:
    return {
        "deploy": one.deploy,
        "environment": one.environment,
        "release": one.release,
        "replaces": one.replaces,
        "inferred": one.inferred,
        "since": to_text(one.first_minute * MINUTE),
        "policy": one.policy,
        "first_minute": one.first_minute,
        "last_minute": one.as_of,
        "ended": one.ended,
        "history": asdict(_history(connection, asked.project, one)),
        "decisions": [_decision(each, one) for each in decisions],
    }


def _decision(decided: Decided, of: Watched) -> dict[str, Any]:
    looked_at = None
    if decided.data_to is not None:
        closed = max(decided.data_to // MINUTE, of.first_minute) - 1
        opened = [minute for minute in decided.shown if minute.minute > closed]
        looked_at = {"after": closed, "minutes": msgspec.to_builtins(opened)}
    return {
        "decision": decided.decision,
        "minute": decided.minute,
        "verdict": decided.verdict.value,
        "mode": decided.mode.value,
        "policy": decided.policy,
        "provisional": decided.provisional,
        "looked_at": looked_at,
        "outcomes": [
            {"label": said.label, "by": said.said_by, "at": to_text(said.booked_at)} for said in decided.outcomes
        ],
    }


def _history(connection: Connection, project: str, one: Watched) -> History:
    """As the engine began with it; counted again where another version of the engine kept it."""
    try:
        return engine.history(engine.load(one.state))
    except ValueError:
        policy = policies.titled(connection, project, one.policy) or policies.current(connection, project)
        return evidence.history(
            connection,
            project,
            one.environment,
            one.first_minute,
            count_abnormal=policy.count_abnormal,
            old=one.replaces,
        )


def _irreversible(connection: Connection, project: str, environment: str) -> set[str]:
    facts = told.facts(connection, project, environment).get(environment, [])
    return {one.deploy for one in deploys(environment, facts, {}) if one.irreversible}
