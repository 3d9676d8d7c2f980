"""How far each deploy was judged, and what was found in each minute."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, select

from models.domain.evidence import Baseline, EvidenceMinute
from models.domain.verdict import Judgement, Mode, Verdict
from models.store.tables import decision, evaluation, evaluation_minute


@dataclass(frozen=True, slots=True)
class Recorded:
    """The last decision of a deploy, as far as the next one depends on it."""

    decision: str
    verdict: Verdict
    policy: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The engine's state after minute ``as_of``. ``data_to`` and ``evaluated_at`` are ms."""

    project: str
    environment: str
    deploy: str
    release: str
    inferred: bool
    policy: str
    first_minute: int
    as_of: int
    data_to: int
    evaluated_at: int
    state: bytes
    judgement: Judgement
    baseline: Baseline
    ended: bool
    recorded: Recorded | None


@dataclass(frozen=True, slots=True)
class UnderWatch:
    """What the next look at a deploy goes on from, as it is stored: another version may have written it."""

    environment: str
    deploy: str
    policy: str
    first_minute: int
    as_of: int
    state: bytes
    judgement: str
    recorded: Recorded | None


@dataclass(frozen=True, slots=True)
class MinuteFound:
    """What a minute came to; ``value``, ``low``, ``high`` and ``base`` are the primary signal's rates so far."""

    minute: int
    verdict: Verdict
    score: float | None
    log_evidence: float
    value: float | None
    low: float | None
    high: float | None
    base: float | None
    evidence: EvidenceMinute


def latest(connection: Connection, project: str, release: str, environment: str) -> Evaluation | None:
    """The evaluation of a release's last deploy there; None if it was never under watch."""
    columns = evaluation.c
    where = (columns.project == project, columns.release == release, columns.environment == environment)
    query = _query().where(*where).order_by(columns.first_minute.desc(), columns.deploy.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return _evaluation(row) if row else None


def of_deploys(
    connection: Connection, project: str, environment: str, deploys: Collection[str]
) -> dict[str, Evaluation]:
    """Of those among the deploys of an environment that were ever under watch, by their name."""
    columns = evaluation.c
    where = (columns.project == project, columns.environment == environment, columns.deploy.in_(deploys))
    return {row.deploy: _evaluation(row) for row in connection.execute(_query().where(*where))}


def baselines(
    connection: Connection, project: str, environment: str, releases: Collection[str]
) -> dict[str, str | None]:
    """By release that was ever under watch there, the one that its first deploy was compared with."""
    columns = evaluation.c
    where = (columns.project == project, columns.environment == environment, columns.release.in_(releases))
    query = select(columns.release, columns.baseline).where(*where)
    rows = connection.execute(query.order_by(columns.first_minute.desc(), columns.deploy.desc()))
    return {row.release: msgspec.json.decode(row.baseline, type=Baseline).release for row in rows}


def of_project(connection: Connection, project: str) -> list[Evaluation]:
    """Every deploy that was ever under watch, in the order of their start."""
    columns = evaluation.c
    query = _query().where(columns.project == project).order_by(columns.first_minute, columns.deploy)
    return [_evaluation(row) for row in connection.execute(query)]


def under_watch(connection: Connection, project: str) -> list[UnderWatch]:
    query = _query().where(evaluation.c.project == project, evaluation.c.ended.is_(False))
    return [
        UnderWatch(
            environment=row.environment,
            deploy=row.deploy,
            policy=row.policy,
            first_minute=row.first_minute,
            as_of=row.as_of,
            state=row.state,
            judgement=row.judgement,
            recorded=_recorded(row),
        )
        for row in connection.execute(query)
    ]


def last_shown(connection: Connection, project: str, count: int) -> dict[tuple[str, str], list[str]]:
    """The last ``count`` minutes folded of each deploy under watch, by environment and deploy, as they are stored."""
    judged, columns = evaluation.c, evaluation_minute.c
    names = ("project", "environment", "deploy")
    of_deploy = and_(*(columns[name] == judged[name] for name in names))
    recent = and_(columns.minute > judged.as_of - count, columns.minute <= judged.as_of)
    query = select(columns.environment, columns.deploy, columns.evidence).join_from(
        evaluation, evaluation_minute, and_(of_deploy, recent)
    )
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in connection.execute(
        query.where(judged.project == project, judged.ended.is_(False)).order_by(columns.minute)
    ):
        found[row.environment, row.deploy].append(row.evidence)
    return found


def ended(connection: Connection, project: str) -> set[tuple[str, str]]:
    """Environment and deploy of what is no longer watched."""
    columns = evaluation.c
    query = select(columns.environment, columns.deploy).where(columns.project == project, columns.ended.is_(True))
    return {(row.environment, row.deploy) for row in connection.execute(query)}


def minutes(
    connection: Connection, project: str, environment: str, deploy: str, *, first: int = 0, last: int | None = None
) -> list[MinuteFound]:
    """The minutes of a deploy in order; both ends are included."""
    columns = evaluation_minute.c
    names = ("minute", "verdict", "score", "log_evidence", "value", "low", "high", "base", "evidence")
    where = [columns.project == project, columns.environment == environment, columns.deploy == deploy]
    where.append(columns.minute >= first)
    if last is not None:
        where.append(columns.minute <= last)
    rows = connection.execute(select(*(columns[name] for name in names)).where(*where).order_by(columns.minute))
    return [_minute(row) for row in rows]


def _query() -> Select[*tuple[Any, ...]]:
    recorded = (decision.c.verdict, decision.c.policy.label("decided_under"), decision.c.mode)
    same = (decision.c.project == evaluation.c.project) & (decision.c.decision == evaluation.c.decision)
    return select(evaluation, *recorded).outerjoin_from(evaluation, decision, same)


def _evaluation(row: Row[*tuple[Any, ...]]) -> Evaluation:
    return Evaluation(
        project=row.project,
        environment=row.environment,
        deploy=row.deploy,
        release=row.release,
        inferred=row.inferred,
        policy=row.policy,
        first_minute=row.first_minute,
        as_of=row.as_of,
        data_to=row.data_to,
        evaluated_at=row.evaluated_at,
        state=row.state,
        judgement=msgspec.json.decode(row.judgement, type=Judgement),
        baseline=msgspec.json.decode(row.baseline, type=Baseline),
        ended=row.ended,
        recorded=_recorded(row),
    )


def _recorded(row: Row[*tuple[Any, ...]]) -> Recorded | None:
    if row.decision is None:
        return None
    return Recorded(row.decision, Verdict(row.verdict), row.decided_under, Mode(row.mode))


def _minute(row: Row[*tuple[Any, ...]]) -> MinuteFound:
    return MinuteFound(
        minute=row.minute,
        verdict=Verdict(row.verdict),
        score=row.score,
        log_evidence=row.log_evidence,
        value=row.value,
        low=row.low,
        high=row.high,
        base=row.base,
        evidence=msgspec.json.decode(row.evidence, type=EvidenceMinute),
    )
