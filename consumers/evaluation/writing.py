"""What a look at a deploy changes in the store: evaluation, decisions and what they call for, in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import and_, insert, select, update

from actions.call import action_row
from analytics.verdict import engine
from analytics.verdict.calling import Call
from analytics.verdict.document import VALID_MILLISECONDS, gate_document
from consumers.evaluation.course import Course, Judged
from consumers.evaluation.deciding import Taken, decisions
from models.domain.decision import Frozen
from models.domain.deploy import MINUTE
from models.domain.policy import Policy
from models.domain.verdict import Judgement
from models.store import tables
from models.store.queries import decisions as recorded
from models.store.sql import SqlUnitOfWork
from models.wire import topics
from models.wire.addresses import release_page

EVALUATOR = "evaluator"
UNDOING = ("rollback", "rollback_recommended", "rollback_withheld")
"""What is called for once a deploy, whatever the policy that is in force."""


class Overtaken(Exception):
    """Another evaluator judged this deploy meanwhile: its result stands, and the next look goes on from there."""


@dataclass(frozen=True, slots=True)
class Look:
    """When and on what one look at a project was made. Times in ms."""

    project: str
    policy: Policy
    closed_to: int
    """Until when everything that feeds minutes is read."""
    now: int
    continuous: bool
    """Whether time is taken to have gone by minute after minute, as in a replay: a decision is as old as its minute."""
    public_url: str

    def decided_at(self, judged: Judged) -> int:
        return (judged.minute + 1) * MINUTE if self.continuous else self.now

    def as_of(self, judged: Judged) -> int:
        return min(self.closed_to, (judged.minute + 1) * MINUTE)


def write(unit: SqlUnitOfWork, look: Look, course: Course, shown: Judgement) -> list[Taken]:
    """Keep what was found, with the judgement that gates show now; the decisions that were taken.

    Raises `Overtaken` if another evaluator was faster.
    """
    taken = [_once(unit, look, one) for one in decisions(course, look.policy, look.decided_at)]
    number = recorded.count(unit.connection, look.project) if taken else 0
    named = [(f"d-{number + rank}", one) for rank, one in enumerate(taken, start=1)]
    _keep_evaluation(unit, look, course, shown, named)
    # Folded anew under another policy, a minute stays as it was shown when decisions were taken on it.
    unit.insert_new(
        tables.evaluation_minute, [_minute(look, course, one) for one in course.judged if not one.provisional]
    )
    for name, one in named:
        _record(unit, look, name, one)
    return taken


def _once(unit: SqlUnitOfWork, look: Look, taken: Taken) -> Taken:
    """Without its call, if the same was called for on this deploy before: a policy applied anew is no second rollback.

    One that could not be delivered is called for again.
    """
    if taken.call is None:
        return taken
    decided, done = tables.decision.c, tables.action.c
    same = and_(done.project == decided.project, done.decision == decided.decision)
    deploy = taken.course.deploy
    where = (
        decided.project == look.project,
        decided.environment == deploy.environment,
        decided.deploy == deploy.deploy,
    )
    query = select(done.action).select_from(tables.action).join(tables.decision, same).where(*where)
    standing = query.where(done.kind == taken.call.kind, done.kind.in_(UNDOING), done.state != "failed").limit(1)
    return replace(taken, call=None) if unit.connection.execute(standing).first() else taken


def _keep_evaluation(
    unit: SqlUnitOfWork, look: Look, course: Course, shown: Judgement, named: Sequence[tuple[str, Taken]]
) -> None:
    key = {"project": look.project, "environment": course.deploy.environment, "deploy": course.deploy.deploy}
    values = {
        "release": course.deploy.release,
        "inferred": course.deploy.inferred,
        "policy": look.policy.title,
        "first_minute": course.first_minute,
        "as_of": course.as_of,
        "data_to": look.closed_to,
        "evaluated_at": look.now,
        "state": engine.dump(course.state),
        "judgement": _json(shown),
        "baseline": _json(course.baseline(max(course.as_of, course.first_minute))),
        "ended": course.as_of >= course.last_minute,
    }
    if named:
        values["decision"] = named[-1][0]
    if not course.stored:
        if not unit.insert_new(tables.evaluation, [key | {"decision": None} | values]):
            raise Overtaken
        return
    columns = tables.evaluation.c
    same = and_(*(columns[name] == value for name, value in key.items()), columns.as_of == course.found_as_of)
    if unit.connection.execute(update(tables.evaluation).where(same).values(values)).rowcount != 1:
        raise Overtaken


def _minute(look: Look, course: Course, judged: Judged) -> dict[str, Any]:
    primary = judged.judgement.reasons[0]
    return {
        "project": look.project,
        "environment": course.deploy.environment,
        "deploy": course.deploy.deploy,
        "minute": judged.minute,
        "verdict": judged.judgement.verdict,
        "score": judged.judgement.score,
        "log_evidence": judged.judgement.log_evidence,
        "value": primary.value,
        "low": primary.low,
        "high": primary.high,
        "base": primary.base,
        "evidence": _json(judged.shown[-1]),
    }


def _record(unit: SqlUnitOfWork, look: Look, name: str, taken: Taken) -> None:
    judged, deploy = taken.judged, taken.course.deploy
    judgement = judged.judgement
    document = _document(look, name, taken)
    row = {
        "project": look.project,
        "decision": name,
        "environment": deploy.environment,
        "deploy": deploy.deploy,
        "minute": judged.minute,
        "release": deploy.release,
        "verdict": judgement.verdict,
        "mode": look.policy.mode,
        "policy": look.policy.title,
        "taken_by": EVALUATOR,
        "provisional": judged.provisional,
        "document": _json(document | {"action": asdict(taken.call) if taken.call else None}),
        "judgement": _json(judgement),
        "evidence": _json(Frozen(judged.shown, hashlib.sha256(engine.dump(judged.state)).hexdigest())),
        "decided_at": look.decided_at(judged),
    }
    unit.connection.execute(insert(tables.decision).values(row))
    unit.insert_new(tables.publication, [_publication(look, name, document)])
    if taken.call and look.policy.webhook:
        unit.insert_new(tables.action, [_action(look, name, taken.call, document)])


def _document(look: Look, name: str, taken: Taken) -> dict[str, Any]:
    deploy, as_of = taken.course.deploy, look.as_of(taken.judged)
    return gate_document(
        project=look.project,
        release=deploy.release,
        environment=deploy.environment,
        judgement=taken.judged.judgement,
        decision=name,
        policy=look.policy.title,
        mode=look.policy.mode.value,
        as_of=as_of,
        data_to=as_of if look.continuous else look.closed_to,
        valid_until=look.decided_at(taken.judged) + VALID_MILLISECONDS,
        baseline=taken.course.baseline(taken.judged.minute),
        degraded=None,
        url=release_page(look.public_url, look.project, deploy.release, deploy.environment, name),
    )


def _action(look: Look, name: str, call: Call, document: Mapping[str, Any]) -> dict[str, Any]:
    """What the past called for is told, and not done now."""
    row = action_row(
        project=look.project,
        decision=name,
        kind=call.kind,
        target=call.target,
        reason=call.reason,
        document=document,
        now=look.now,
    )
    return row | {"state": "replayed"} if look.continuous else row


def _publication(look: Look, name: str, document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "project": look.project,
        "publication": f"verdict/{name}",
        "topic": topics.VERDICTS,
        "key": f"{look.project}:{document['environment']}:{document['release']}",
        "value": msgspec.json.encode(document),
        "published": look.continuous,
        "created_at": look.now,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
