"""Which judgements become decisions, and what those call for. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analytics.verdict import silence
from consumers.evaluation.course import Course, Judged
from models.domain.deploy import Deploy
from models.domain.policy import Policy
from models.domain.verdict import Mode, Verdict
from models.store.queries.evaluations import Recorded

URGENT = {Verdict.HOLD: 1, Verdict.ROLLBACK: 2}
"""What is decided on an open minute already, and what of it outweighs the other."""


@dataclass(frozen=True, slots=True)
class Call:
    """Something to be done because of a decision."""

    kind: str
    """``rollback``, ``rollback_recommended``, ``rollback_withheld``, ``hold`` or ``silent_source``."""
    target: str
    """The release to go back to; of a hold, the release that is held."""
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision to be recorded."""

    course: Course
    judged: Judged
    policy: Policy
    call: Call | None


def urgent(course: Course, judged: Judged) -> bool:
    """Whether a judgement of an open minute cannot wait: graver than what was decided, and not by half-told traffic."""
    verdict = judged.judgement.verdict
    before = _last_verdict(course)
    graver = URGENT.get(verdict, 0) > (URGENT.get(before, 0) if before else 0)
    return graver and (
        verdict is Verdict.ROLLBACK or not {"sample_ratio", silence.REASON} & set(judged.judgement.held_by)
    )


def decisions(course: Course, policy: Policy, decided_at: Callable[[Judged], int]) -> Iterator[Taken]:
    """What to record of this look: every change of verdict, policy or mode, and every onset of silence.

    ``decided_at``: when (ms) a judgement is acted on.
    """
    recorded = course.recorded
    silent = bool(recorded) and _was_silent(course)
    judged_minutes = course.judged[-1:] if course.anew else course.judged
    for judged in judged_minutes:
        verdict = judged.judgement.verdict
        told = (verdict, policy.title, policy.mode)
        silence_began = judged.silent and not silent and verdict is not Verdict.ROLLBACK
        silent = judged.silent
        if recorded and not silence_began and told == (recorded.verdict, recorded.policy, recorded.mode):
            continue
        call = None
        if course.deploy.runs_at(decided_at(judged)):
            call = called_for(course.deploy, judged, policy, recorded, silence_began=silence_began)
        yield Taken(course, judged, policy, call)
        recorded = Recorded("", *told)


def called_for(
    deploy: Deploy, judged: Judged, policy: Policy, before: Recorded | None, *, silence_began: bool
) -> Call | None:
    """What a decision calls for; a project that only observes calls for nothing."""
    if policy.mode is Mode.OBSERVE:
        return None
    verdict, sentence = judged.judgement.verdict, judged.judgement.sentence
    if verdict is Verdict.ROLLBACK and deploy.replaces is not None:
        return _roll_back(deploy, deploy.replaces, policy, sentence)
    if silence_began:
        return Call("silent_source", deploy.release, sentence)
    if verdict is Verdict.HOLD and (before is None or before.verdict is not Verdict.HOLD):
        return Call("hold", deploy.release, sentence)
    return None


def _roll_back(deploy: Deploy, target: str, policy: Policy, sentence: str) -> Call:
    """The safety case: only a recorded, reversible deploy is undone without a person."""
    if policy.mode is not Mode.AUTOMATIC:
        return Call("rollback_recommended", target, sentence)
    if deploy.irreversible:
        told = "Not rolled back: the deploy is marked irreversible. A person must decide."
        return Call("rollback_withheld", target, f"{sentence} {told}")
    if deploy.inferred:
        told = "Not rolled back: no deploy was recorded, so what to undo is not known."
        return Call("rollback_recommended", target, f"{sentence} {told}")
    return Call("rollback", target, sentence)


def _last_verdict(course: Course) -> Verdict | None:
    if course.judged:
        return course.judged[-1].judgement.verdict
    return course.recorded.verdict if course.recorded else None


def _was_silent(course: Course) -> bool:
    """Whether the source was silent already before this look."""
    return silence.silent(course.shown_before)
