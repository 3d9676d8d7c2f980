"""The verdict on a release as gates give it: one decision, in every dialect."""

from typing import Any

from sqlalchemy import Connection

from analytics.verdict.document import gate_document
from models.domain.evidence import MILLISECONDS_A_MINUTE
from models.domain.verdict import Mode, Verdict
from models.store.queries import decisions, evaluations, freshness, policies
from models.store.queries.evaluations import Evaluation
from models.wire.addresses import release_page
from models.wire.times import to_milliseconds

VALID = 5 * MILLISECONDS_A_MINUTE
"""A verdict that is older must not be acted on."""
UNREADABLE = "The store cannot be read: check that the database is up."


def gate(
    connection: Connection, project: str, release: str, environment: str, now: int, public_url: str
) -> dict[str, Any]:
    """``gate.v1`` of a release as of now. Nothing known of it is `insufficient_data`, never an error."""
    found = evaluations.latest(connection, project, release, environment)
    url = release_page(public_url, project, release, environment)
    if found is None:
        policy = policies.current(connection, project)
        degraded = freshness.degradation(connection, now)
        return _unknown(project, release, environment, policy.title, policy.mode, degraded, url)
    judgement, as_of = found.judgement, (found.as_of + 1) * MILLISECONDS_A_MINUTE
    if found.recorded and found.recorded.verdict is Verdict.ROLLBACK:
        # A rollback is final, and shown with what it was decided on: minutes after it say less, or something else.
        decided = decisions.view(connection, project, found.recorded.decision)
        if decided:
            judgement, as_of = decided.judgement, to_milliseconds(decided.document["as_of"]) or as_of
    return gate_document(
        project=project,
        release=release,
        environment=environment,
        judgement=judgement,
        decision=found.recorded.decision if found.recorded else None,
        policy=found.recorded.policy if found.recorded else found.policy,
        mode=(found.recorded.mode if found.recorded else policies.current(connection, project).mode).value,
        as_of=as_of,
        data_to=found.data_to,
        valid_until=max(as_of, found.evaluated_at) + VALID,
        baseline=found.baseline,
        degraded=freshness.degradation(connection, now, evaluated_at(found)),
        url=url,
    )


def degraded(project: str, release: str, environment: str, reason: str, public_url: str) -> dict[str, Any]:
    """``gate.v1`` while we cannot know: hold, never a pass and never a rollback."""
    url = release_page(public_url, project, release, environment)
    return _unknown(project, release, environment, "unknown", Mode.OBSERVE, reason, url)


def evaluated_at(found: Evaluation) -> int | None:
    """For `freshness.degradation`: what is no longer watched cannot be overdue."""
    return None if found.ended else found.evaluated_at


def _unknown(
    project: str, release: str, environment: str, policy: str, mode: Mode, reason: str | None, url: str
) -> dict[str, Any]:
    return gate_document(
        project=project,
        release=release,
        environment=environment,
        judgement=None,
        decision=None,
        policy=policy,
        mode=mode.value,
        as_of=None,
        data_to=None,
        valid_until=None,
        baseline=None,
        degraded=reason,
        url=url,
    )
