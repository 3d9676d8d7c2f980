"""A judge watches releases and says when it would roll each of them back."""

from dataclasses import dataclass
from typing import Protocol

from benchmarks.decisions.streams import Counts, Flags, Past, Plan, Shares, Stream, Truth


@dataclass(frozen=True, slots=True)
class Verdicts:
    rolled_back: Counts
    """[R] the minute of its rollback; T if it never came to one."""
    evidence: Shares | None = None
    """[R, T] the statistic that the rollback waits for, larger for worse, so that its threshold can be moved."""
    held: Flags | None = None
    """[R, T] whether the release is held in that minute."""


class Judge(Protocol):
    """Looks once a minute, at what is known by then."""

    @property
    def name(self) -> str: ...

    def watch(self, past: Past, plan: Plan, stream: Stream) -> Verdicts: ...


class Oracle(Protocol):
    """A judge that is told what no judge can know: the physical limit, or how far from it a lack of knowledge lies."""

    @property
    def name(self) -> str: ...

    def watch(self, past: Past, plan: Plan, stream: Stream, truth: Truth) -> Verdicts: ...
