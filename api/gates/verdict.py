"""The verdict on a release as gates give it: one decision, in every dialect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from analytics.verdict.document import VALID_MILLISECONDS, gate_document
from api.gates.acting import Acted, acted
from api.gates.standing import Standing, standings
from models.domain.decision import Decision
from models.domain.evidence import MILLISECONDS_A_MINUTE
from models.domain.policy import Policy
from models.domain.verdict import Mode, Verdict
from models.store.queries import decisions, freshness, policies
from models.store.queries.evaluations import Evaluation
from models.wire.addresses import release_page
from models.wire.times import to_milliseconds

UNREADABLE = "The store cannot be read: check that the database is up."


def gate(
    connection: Connection, project: str, release: str, environment: str, now: int, public_url: str
) -> dict[str, Any]:
    """``gate.v1`` of a release as of now. Nothing known of it is `insufficient_data`, never an error."""
    found = standings(connection, project, environment, [release])
    return gates(connection, project, environment, found, now, public_url)[release]


def gates(
    connection: Connection,
    project: str,
    environment: str,
    found: Mapping[str, Standing],
    now: int,
    public_url: str,
) -> dict[str, dict[str, Any]]:
    """``gate.v1`` of each release whose standing was found, by as few queries as of one."""
    final = [name for one in found.values() if (name := _rollback(one.evaluation))]
    asked = _Asked(
        project,
        environment,
        policies.current(connection, project),
        freshness.degradation(connection, now),
        decisions.named(connection, project, final),
        acted(connection, project, environment, [one.evaluation.deploy for one in found.values() if one.evaluation]),
        now,
        public_url,
    )
    return {release: asked.document(release, one) for release, one in found.items()}


def degraded(project: str, release: str, environment: str, reason: str, public_url: str) -> dict[str, Any]:
    """``gate.v1`` while we cannot know: hold, never a pass and never a rollback."""
    return _unknown(project, release, environment, "unknown", Mode.OBSERVE, reason, public_url)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the verdicts of one place have in common."""

    project: str
    environment: str
    policy: Policy
    unread: str | None
    """What of our reading is broken."""
    decided: Mapping[str, Decision]
    """The rollbacks, by name."""
    acted: Mapping[str, Acted]
    """What came of what was called for, by deploy."""
    now: int
    public_url: str

    def document(self, release: str, standing: Standing) -> dict[str, Any]:
        found = standing.evaluation
        overdue = freshness.overdue(self.now, evaluated_at=standing.evaluated_at, told_at=standing.told_at)
        reason = self.unread or overdue
        of = (self.project, release, self.environment)
        if found is None:
            return _unknown(*of, self.policy.title, self.policy.mode, reason, self.public_url)
        judgement, as_of = found.judgement, (found.as_of + 1) * MILLISECONDS_A_MINUTE
        if decided := self.decided.get(_rollback(found) or ""):
            # A rollback is final, and shown with what it was decided on: minutes after it say less, or something else.
            judgement, as_of = decided.judgement, to_milliseconds(decided.document["as_of"]) or as_of
        return gate_document(
            project=self.project,
            release=release,
            environment=self.environment,
            judgement=judgement,
            decision=found.recorded.decision if found.recorded else None,
            policy=found.recorded.policy if found.recorded else found.policy,
            mode=(found.recorded.mode if found.recorded else self.policy.mode).value,
            as_of=as_of,
            data_to=found.data_to,
            valid_until=max(as_of, found.evaluated_at) + VALID_MILLISECONDS,
            baseline=found.baseline,
            degraded=reason,
            url=release_page(self.public_url, *of),
        ) | {"action": self.acted.get(found.deploy)}


def _rollback(found: Evaluation | None) -> str | None:
    """The name of the decision to roll back, if that was the last one."""
    recorded = found.recorded if found else None
    return recorded.decision if recorded and recorded.verdict is Verdict.ROLLBACK else None


def _unknown(
    project: str, release: str, environment: str, policy: str, mode: Mode, reason: str | None, public_url: str
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
        url=release_page(public_url, project, release, environment),
    ) | {"action": None}
