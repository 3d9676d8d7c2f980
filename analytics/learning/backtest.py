"""The stored evidence of a past deploy, under a policy: what is decided after each minute, and what that calls for.

A pure fold by the engine that watches, minute by minute, so that a run over years needs the memory of one release.
Under the policy that a deploy was watched under, it decides what was decided then: an open minute on which something
was decided was kept with its decision, and is looked at again. Under another, those same looks are all there are: what
that policy would have decided on other open minutes, it decides seconds later, when they close.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from analytics.verdict import calling, watch
from analytics.verdict.engine import State
from models.domain.deploy import Deploy
from models.domain.evidence import EvidenceMinute, History
from models.domain.policy import Policy
from models.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Look:
    """Minutes that were judged while they were open: after ``after`` was folded, and before the next one was."""

    after: int
    minutes: tuple[EvidenceMinute, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A deploy that was under watch, from the beginning."""

    deploy: Deploy
    history: History
    looks: tuple[Look, ...] = ()
    """Those on which something was decided, in their order."""


@dataclass(frozen=True, slots=True)
class Change:
    """Another verdict than before, or something new to be done; ``call``: the kind of what it calls for."""

    minute: int
    verdict: Verdict
    call: str | None
    provisional: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was decided on a deploy over its whole watch."""

    policy: str
    changes: tuple[Change, ...]

    def first(self, verdict: Verdict) -> Change | None:
        return next((change for change in self.changes if change.verdict is verdict), None)

    def calls_for(self, kind: str) -> bool:
        return any(change.call == kind for change in self.changes)


@dataclass(slots=True)
class Run:
    """One deploy under one policy, as far as it was folded."""

    past: Past
    policy: Policy
    changes: list[Change] = field(default_factory=list)
    _state: State = field(init=False)
    _shown: tuple[EvidenceMinute, ...] = ()
    _looked: int = 0
    _verdict: Verdict | None = None
    _standing: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        deploy = self.past.deploy
        self._state = watch.begin(
            self.policy, deploy.release, deploy.replaces, self.past.history, inferred=deploy.inferred
        )

    def fold(self, minute: EvidenceMinute) -> Verdict:
        """One closed minute, later than any before, with its planned share as it is stored."""
        self._look(before=minute.minute)
        (seen,) = watch.follow(self._state, self._shown, [minute], self.policy.limits)
        self._state, self._shown = seen.step.state, seen.shown
        self._decide(seen, provisional=False)
        return seen.verdict

    def finish(self) -> "Replayed":
        """What was still open when the watch ended is looked at too."""
        self._look(before=None)
        return Replayed(self.policy.title, tuple(self.changes))

    def _look(self, before: int | None) -> None:
        looks = self.past.looks
        while self._looked < len(looks) and (before is None or looks[self._looked].after < before):
            self._look_at(looks[self._looked].minutes)
            self._looked += 1

    def _look_at(self, minutes: Sequence[EvidenceMinute]) -> None:
        *_, seen = watch.follow(self._state, self._shown, minutes, self.policy.limits)
        if calling.urgent(seen.verdict, seen.held_by, self._verdict):
            self._state = watch.kept(self._state, seen)
            self._decide(seen, provisional=True)

    def _decide(self, seen: watch.Seen, *, provisional: bool) -> None:
        stands = calling.standing(seen.verdict, seen.held_by)
        began = stands - self._standing
        if began or seen.verdict is not self._verdict:
            call = calling.called_for(
                self.past.deploy, seen.verdict, seen.held_by, self.policy, self._verdict, began, sentence=""
            )
            self.changes.append(Change(seen.minute, seen.verdict, call.kind if call else None, provisional))
        self._verdict, self._standing = seen.verdict, stands
