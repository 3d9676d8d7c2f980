"""One deploy under watch: minutes folded in order, and what the engine says after each. Pure."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analytics.verdict import watch
from analytics.verdict.engine import State
from analytics.verdict.watch import Seen
from models.domain.deploy import MINUTE, Deploy
from models.domain.evidence import Baseline, EvidenceMinute, History
from models.domain.policy import Limit, Policy
from models.domain.verdict import Judgement
from models.store.queries.evaluations import Recorded


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found after a minute, in words."""

    seen: Seen
    judgement: Judgement
    provisional: bool = False

    @property
    def minute(self) -> int:
        return self.seen.minute

    @property
    def shown(self) -> tuple[EvidenceMinute, ...]:
        """The minutes that were judged last, this one at the end."""
        return self.seen.shown

    @property
    def state(self) -> State:
        return self.seen.step.state


@dataclass(slots=True)
class Course:
    """How far a deploy was judged, and what this look adds."""

    deploy: Deploy
    first_minute: int
    as_of: int
    """The last minute folded; the one before the first at the start."""
    state: State
    recorded: Recorded | None
    """The last decision before this look."""
    stored: bool
    """Whether the store has an evaluation of it already."""
    limits: tuple[Limit, ...] = ()
    anew: bool = False
    """Whether it is folded once more from its first minute, because the policy asks for another test."""
    judgement: Judgement | None = None
    judged: list[Judged] = field(default_factory=list)
    shown: tuple[EvidenceMinute, ...] = ()
    """The last minutes folded, oldest first."""
    standing: frozenset[str] = frozenset()
    """What of `calling.standing` was there as this look began."""
    found_as_of: int = 0
    """``as_of`` as the store has it, for the compare-and-set."""

    @property
    def next_minute(self) -> int:
        return self.as_of + 1

    @property
    def last_minute(self) -> int:
        """The last minute that is held for or against it: the one in which its watch ends."""
        return self.deploy.watched_until // MINUTE

    def baseline(self, minute: int) -> Baseline:
        """What it is compared with as of a minute."""
        if self.deploy.replaces is None:
            return Baseline(None, "none")
        return Baseline(self.deploy.replaces, "concurrent" if self.deploy.shared_by(minute) else "sequential")


def start(deploy: Deploy, first_minute: int, policy: Policy, history: History) -> Course:
    before = first_minute - 1
    state = watch.begin(policy, deploy.release, deploy.replaces, history, inferred=deploy.inferred)
    return Course(
        deploy, first_minute, before, state, recorded=None, stored=False, limits=policy.limits, found_as_of=before
    )


def fold(course: Course, evidence: Sequence[EvidenceMinute]) -> None:
    """Fold closed minutes, each once and in order."""
    for judged in _judge(course, evidence):
        course.state = judged.state
        course.as_of = judged.minute
        course.judgement = judged.judgement
        course.judged.append(judged)
        course.shown = judged.shown


def look(course: Course, evidence: Sequence[EvidenceMinute]) -> Judged | None:
    """The judgement of minutes that are still open; the course is left as it is."""
    last = None
    for judged in _judge(course, evidence):
        last = judged
    return dataclasses.replace(last, provisional=True) if last else None


def keep(course: Course, judged: Judged) -> None:
    """Let what was decided on an open minute hold from now on."""
    course.state = watch.kept(course.state, judged.seen)
    course.judgement = judged.judgement
    course.judged.append(judged)


def planned(deploy: Deploy, evidence: Sequence[EvidenceMinute]) -> Iterator[EvidenceMinute]:
    """The evidence with each minute's planned share. Where nobody was to be exposed, unknown users prove nothing."""
    for minute in evidence:
        exposure = deploy.exposure_at(minute.minute)
        if exposure == 0.0:
            new, old = (dataclasses.replace(arm, anonymous=0) for arm in (minute.new, minute.old))
            yield dataclasses.replace(minute, exposure=exposure, new=new, old=old)
        else:
            yield dataclasses.replace(minute, exposure=exposure)


def _judge(course: Course, evidence: Sequence[EvidenceMinute]) -> Iterator[Judged]:
    minutes = planned(course.deploy, evidence)
    for seen in watch.follow(course.state, course.shown, minutes, course.limits):
        yield Judged(seen, watch.judgement(seen, course.deploy.release, course.limits))
