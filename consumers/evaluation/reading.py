"""What the store knows of the deploys under watch: how far each was judged, and the evidence since."""

from collections.abc import Iterator

from sqlalchemy import Connection

from analytics.correlation.deploys import deploys
from analytics.verdict import engine, silence
from consumers.evaluation import course
from consumers.evaluation.course import Course
from models.domain.deploy import MINUTE, Deploy
from models.domain.evidence import EvidenceMinute
from models.domain.policy import Policy
from models.store.queries import deploys as told
from models.store.queries import evaluations, evidence, policies
from models.store.queries.evaluations import Evaluation


def courses(connection: Connection, project: str, policy: Policy, closed: int) -> Iterator[Course]:
    """Every deploy of a project that is still watched; ``closed`` is the last closed minute."""
    known = {(one.environment, one.deploy): one for one in evaluations.under_watch(connection, project)}
    over = evaluations.ended(connection, project)
    seen = told.first_sessions(connection, project, closed + 1)
    facts = told.facts(connection, project)
    for environment in sorted(facts.keys() | seen.keys()):
        for deploy in deploys(environment, facts.get(environment, []), seen.get(environment, {})):
            if deploy.is_return or (environment, deploy.deploy) in over:
                continue
            found = known.get((environment, deploy.deploy))
            yield (
                _go_on(connection, project, policy, deploy, found)
                if found
                else _begin(connection, project, policy, deploy)
            )


def evidence_of(
    connection: Connection, project: str, policy: Policy, watched: Course, first: int, last: int
) -> list[EvidenceMinute]:
    """What became known of a deploy from minute ``first`` to ``last``."""
    deploy = watched.deploy
    return evidence.evidence(
        connection,
        project,
        deploy.environment,
        deploy.release,
        deploy.replaces,
        watched.first_minute,
        first,
        last,
        count_abnormal=policy.count_abnormal,
    )


def _begin(connection: Connection, project: str, policy: Policy, deploy: Deploy) -> Course:
    first = deploy.started_at // MINUTE
    history = evidence.history(
        connection,
        project,
        deploy.environment,
        first,
        count_abnormal=policy.count_abnormal,
        old=deploy.replaces,
    )
    return course.start(deploy, first, policy, history)


def _go_on(connection: Connection, project: str, policy: Policy, deploy: Deploy, found: Evaluation) -> Course:
    """From the stored state; or anew from the first minute, if the policy asks for another test by now."""
    before = policies.titled(connection, project, found.policy)
    if before is None or asks(before) != asks(policy):
        anew = _begin(connection, project, policy, deploy)
        anew.stored, anew.anew = True, True
        anew.recorded, anew.found_as_of = found.recorded, found.as_of
        return anew
    shown = _shown(connection, project, deploy, found.as_of)
    return Course(
        deploy,
        found.first_minute,
        found.as_of,
        engine.load(found.state),
        recorded=found.recorded,
        stored=True,
        judgement=found.judgement,
        shown=shown,
        shown_before=shown,
        found_as_of=found.as_of,
    )


def asks(policy: Policy) -> tuple[object, ...]:
    """What of a policy changes the test itself; the rest only changes what is done with its result."""
    return policy.alpha, policy.margin, policy.bake_minutes, policy.count_abnormal


def _shown(connection: Connection, project: str, deploy: Deploy, as_of: int) -> tuple[EvidenceMinute, ...]:
    """The minutes that the engine was shown last."""
    since = as_of - silence.WINDOW + 1
    found = evaluations.minutes(connection, project, deploy.environment, deploy.deploy, first=since, last=as_of)
    return tuple(one.evidence for one in found)
