"""What the store knows of the deploys under watch: how far each was judged, and the evidence since."""

from collections.abc import Iterator, Sequence

import msgspec
import structlog
from msgspec.structs import replace
from sqlalchemy import Connection

from analytics.correlation.deploys import deploys
from analytics.verdict import calling, engine, watch
from analytics.verdict.engine import State
from consumers.evaluation import course
from consumers.evaluation.course import Course
from models.domain.deploy import MINUTE, Deploy
from models.domain.evidence import EvidenceMinute
from models.domain.policy import Policy
from models.domain.verdict import Judgement, Verdict
from models.store.queries import deploys as told
from models.store.queries import evaluations, evidence, policies
from models.store.queries.evaluations import UnderWatch
from models.store.queries.minutes import Minutes

log = structlog.get_logger()


def courses(connection: Connection, project: str, policy: Policy, closed: int) -> Iterator[Course]:
    """Every deploy of a project that is still watched; ``closed`` is the last closed minute."""
    known = {(one.environment, one.deploy): one for one in evaluations.under_watch(connection, project)}
    over = evaluations.ended(connection, project)
    shown = evaluations.last_shown(connection, project, watch.window(policy.limits))
    seen = told.first_sessions(connection, project, closed + 1)
    facts = told.facts(connection, project)
    for environment in sorted(facts.keys() | seen.keys()):
        for deploy in deploys(environment, facts.get(environment, []), seen.get(environment, {})):
            if deploy.is_return or (environment, deploy.deploy) in over:
                continue
            key = (environment, deploy.deploy)
            found = known.get(key)
            if found is None:
                yield _begin(connection, project, policy, deploy)
            else:
                yield _go_on(connection, project, policy, deploy, found, shown.get(key, []))


def evidence_of(
    connection: Connection, project: str, policy: Policy, watched: Course, first: int, last: int
) -> list[EvidenceMinute]:
    """What became known of a deploy from minute ``first`` to ``last``, but not after its watch."""
    deploy = watched.deploy
    asked = Minutes(project, deploy.environment, first, min(last, watched.last_minute))
    if asked.last < first:
        return []
    since, abnormal = watched.first_minute, policy.count_abnormal
    return evidence.evidence(connection, asked, deploy.release, deploy.replaces, since, count_abnormal=abnormal)


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


def _go_on(
    connection: Connection, project: str, policy: Policy, deploy: Deploy, found: UnderWatch, shown: Sequence[str]
) -> Course:
    """From what is stored; or anew from the first minute, if the policy asks for another test or it cannot be read."""
    if not _asks_the_same(connection, project, policy, deploy.release, found):
        return _anew(connection, project, policy, deploy, found)
    try:
        state, judgement = _state(found.state), msgspec.json.decode(found.judgement, type=Judgement)
        minutes = tuple(msgspec.json.decode(one, type=EvidenceMinute) for one in shown)
    except ValueError as error:
        log.warning("evaluation.unreadable", project=project, deploy=deploy.deploy, error=str(error))
        return _anew(connection, project, policy, deploy, found)
    return Course(
        deploy,
        found.first_minute,
        found.as_of,
        state,
        recorded=found.recorded,
        stored=True,
        limits=policy.limits,
        judgement=judgement,
        shown=minutes,
        standing=_standing(state, minutes, policy),
        found_as_of=found.as_of,
    )


def _standing(state: State, shown: Sequence[EvidenceMinute], policy: Policy) -> frozenset[str]:
    """By the closed minutes: what an open one seemed to begin is told once it has."""
    if state.latched:
        return calling.standing(Verdict.ROLLBACK, () if state.acting else (engine.SIGNAL_MODE,))
    return calling.standing(Verdict.HOLD, watch.beside(shown, policy.limits))


def _anew(connection: Connection, project: str, policy: Policy, deploy: Deploy, found: UnderWatch) -> Course:
    """From the first minute. A rollback that was decided is final, whatever the same minutes say now."""
    anew = _begin(connection, project, policy, deploy)
    anew.stored, anew.anew = True, True
    anew.recorded, anew.found_as_of = found.recorded, found.as_of
    if found.recorded and found.recorded.verdict is Verdict.ROLLBACK:
        acting = _acting(found.state)
        anew.state = replace(anew.state, latched=True, acting=acting)
        anew.standing = _standing(anew.state, (), policy)
    return anew


def _acting(stored: bytes) -> bool:
    """Whether a rollback was reached by signals that may act; before signals had modes, all might."""
    try:
        return _state(stored).acting
    except ValueError:
        return True


def _state(stored: bytes) -> State:
    """Raises `ValueError` for what another version wrote: it lacks something, or would lose something."""
    state = engine.load(stored)
    if engine.dump(state) != stored:
        message = "the engine's state is of another version"
        raise ValueError(message)
    return state


def _asks_the_same(connection: Connection, project: str, policy: Policy, release: str, found: UnderWatch) -> bool:
    if found.policy == policy.title:
        return True
    before = policies.titled(connection, project, found.policy)
    return before is not None and watch.asks(before, release) == watch.asks(policy, release)
