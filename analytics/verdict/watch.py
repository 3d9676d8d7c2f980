"""A release under watch: minutes in order, and after each what the engine decides and what is held beside it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from analytics.correlation import versions
from analytics.verdict import engine, limit_reasons, limits, silence
from analytics.verdict.engine import State, Step
from models.domain.evidence import Baseline, EvidenceMinute, History
from models.domain.policy import Limit, Policy
from models.domain.verdict import Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Seen:
    """What was decided after a minute, not yet in words."""

    minute: int
    step: Step
    shown: tuple[EvidenceMinute, ...]
    """The last minutes, this one at the end."""
    silent: bool
    broken: tuple[Limit, ...]
    verdict: Verdict
    held_by: tuple[str, ...]


def begin(policy: Policy, release: str, replaces: str | None, history: History, *, inferred: bool) -> State:
    """The engine's first state. A known baseline may come to serve beside the release at any time: the minutes tell."""
    kind = "none" if replaces is None else "concurrent"
    asked = policy.of_service(versions.package(release))
    return engine.begin(asked, history, Baseline(replaces, kind), inferred=inferred)


def asks(policy: Policy, release: str) -> tuple[object, ...]:
    """What of a policy changes the test of a release itself; the rest only changes what is done with its result."""
    return begin(policy, release, None, History(), inferred=False), policy.count_abnormal


def window(asked: Sequence[Limit]) -> int:
    """How many minutes back a judgement looks beside the engine's state."""
    return max(silence.WINDOW, limits.needed(asked))


def follow(
    state: State, shown: tuple[EvidenceMinute, ...], minutes: Iterable[EvidenceMinute], asked: Sequence[Limit]
) -> Iterator[Seen]:
    """Fold minutes, each once and in order; ``shown``: those before them, oldest first."""
    for minute in minutes:
        step = engine.step(state, minute)
        state = step.state
        shown = (*shown, minute)[-window(asked) :]
        yield _seen(minute.minute, step, shown, asked)


def judgement(seen: Seen, release: str, asked: Sequence[Limit]) -> Judgement:
    """In words, with its reasons."""
    told = limit_reasons.told(engine.explain(seen.step), seen.shown, asked, seen.broken)
    last = seen.shown[-silence.WINDOW :]
    return silence.silenced(told, release, silence.due(last)) if seen.silent else told


def kept(state: State, seen: Seen) -> State:
    """The closed state after an urgent look: a rollback is final, and a hold lasts as holds do."""
    looked = seen.step.state
    if seen.verdict is Verdict.ROLLBACK:
        return replace(state, latched=True, acting=looked.acting)
    return replace(state, holding_since=looked.holding_since, calm=0)


def beside(shown: Sequence[EvidenceMinute], asked: Sequence[Limit]) -> tuple[str, ...]:
    """What holds beside the engine's state, after the last of these minutes."""
    silent = silence.silent(shown[-silence.WINDOW :])
    return limits.held_by(limits.broken(shown, asked)) + ((silence.REASON,) if silent else ())


def _seen(minute: int, step: Step, shown: tuple[EvidenceMinute, ...], asked: Sequence[Limit]) -> Seen:
    broken = limits.broken(shown, asked)
    silent = silence.silent(shown[-silence.WINDOW :])
    verdict = limits.verdict(step.verdict, broken)
    held_by = step.held_by + limits.held_by(broken) + ((silence.REASON,) if silent else ())
    return Seen(minute, step, shown, silent, broken, silence.verdict(verdict) if silent else verdict, held_by)
