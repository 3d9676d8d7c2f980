"""Which judgements become decisions. Pure; what a decision calls for says `analytics.verdict.calling`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analytics.verdict import calling
from analytics.verdict.calling import Call
from consumers.evaluation.course import Course, Judged
from models.domain.policy import Policy
from models.domain.verdict import Verdict
from models.store.queries.evaluations import Recorded


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision to be recorded."""

    course: Course
    judged: Judged
    policy: Policy
    call: Call | None


def urgent(course: Course, judged: Judged) -> bool:
    """Whether a judgement of an open minute cannot wait."""
    found = judged.judgement
    return calling.urgent(found.verdict, found.held_by, _last_verdict(course))


def decisions(course: Course, policy: Policy, decided_at: Callable[[Judged], int]) -> Iterator[Taken]:
    """What to record of this look: every change of verdict, policy or mode, and what begins to call for something.

    ``decided_at``: when (ms) a judgement is acted on.
    """
    recorded = course.recorded
    standing = course.standing if recorded else frozenset()
    judged_minutes = course.judged[-1:] if course.anew else course.judged
    for judged in judged_minutes:
        found = judged.judgement
        told = (found.verdict, policy.title, policy.mode)
        stands = calling.standing(found.verdict, found.held_by)
        began, standing = stands - standing, stands
        if recorded and not began and told == (recorded.verdict, recorded.policy, recorded.mode):
            continue
        call = None
        if course.deploy.runs_at(decided_at(judged)):
            before = recorded.verdict if recorded else None
            call = calling.called_for(
                course.deploy, found.verdict, found.held_by, policy, before, began, found.sentence
            )
        yield Taken(course, judged, policy, call)
        recorded = Recorded("", *told)


def _last_verdict(course: Course) -> Verdict | None:
    if course.judged:
        return course.judged[-1].judgement.verdict
    return course.recorded.verdict if course.recorded else None
