"""One deploy under watch: minutes folded in order, and what the engine says after each. Pure."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from analytics.verdict import engine, silence
from analytics.verdict.engine import State
from models.domain.deploy import MINUTE, Deploy
from models.domain.evidence import Baseline, EvidenceMinute, History
from models.domain.policy import Policy
from models.domain.verdict import Judgement, Verdict
from models.store.queries.evaluations import Recorded


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found after a minute, and the minutes that the engine was shown last."""

    minute: int
    judgement: Judgement
    shown: tuple[EvidenceMinute, ...]
    state: State
    provisional: bool = False

    @property
    def silent(self) -> bool:
        return silence.REASON in self.judgement.held_by


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
    anew: bool = False
    """Whether it is folded once more from its first minute, because the policy asks for another test."""
    judgement: Judgement | None = None
    judged: list[Judged] = field(default_factory=list)
    shown: tuple[EvidenceMinute, ...] = ()
    """The last minutes folded, oldest first."""
    shown_before: tuple[EvidenceMinute, ...] = ()
    """The same as this look began."""
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
    state = begin(deploy, policy, history)
    return Course(
        deploy, first_minute, first_minute - 1, state, recorded=None, stored=False, found_as_of=first_minute - 1
    )


def begin(deploy: Deploy, policy: Policy, history: History) -> State:
    """The engine's first state. A known baseline may come to serve beside the release at any time: the minutes tell."""
    kind = "none" if deploy.replaces is None else "concurrent"
    return engine.begin(policy, history, Baseline(deploy.replaces, kind), inferred=deploy.inferred)


def fold(course: Course, evidence: Sequence[EvidenceMinute]) -> None:
    """Fold closed minutes, each once and in order."""
    for judged in _judge(course, evidence, course.shown):
        course.state = judged.state
        course.as_of = judged.minute
        course.judgement = judged.judgement
        course.judged.append(judged)
        course.shown = judged.shown


def look(course: Course, evidence: Sequence[EvidenceMinute]) -> Judged | None:
    """The judgement of minutes that are still open; the course is left as it is."""
    last = None
    for judged in _judge(course, evidence, course.shown):
        last = judged
    if last is None:
        return None
    return Judged(last.minute, last.judgement, last.shown, last.state, provisional=True)


def keep(course: Course, judged: Judged) -> None:
    """Let what was decided on an open minute hold from now on: a rollback is final, and a hold lasts as holds do."""
    if judged.judgement.verdict is Verdict.ROLLBACK:
        course.state = replace(course.state, latched=True)
    else:
        course.state = replace(course.state, holding_since=judged.state.holding_since, calm=0)
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


def _judge(course: Course, evidence: Sequence[EvidenceMinute], shown: tuple[EvidenceMinute, ...]) -> Iterator[Judged]:
    state = course.state
    for minute in planned(course.deploy, evidence):
        state, judgement = engine.observe(state, minute)
        shown = (*shown, minute)[-silence.WINDOW :]
        if silence.silent(shown):
            judgement = silence.silenced(judgement, course.deploy.release, silence.due(shown))
        yield Judged(minute.minute, judgement, shown, state)
