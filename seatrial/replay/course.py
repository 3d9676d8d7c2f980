"""The course of a replay: feed, consume and evaluate, with a simulated clock.

What is decided depends on the closed minutes alone, so the length of a step changes nothing but the speed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from consumers.runtime import GRACE, Consumer
from models.clock import SimulatedClock
from models.domain.deploy import WATCH
from models.ports import Store
from models.wire import topics
from seatrial.replay.feed import BATCH_RECORDS, FeedLog
from seatrial.replay.lines import BadLine, Line, read

STEP = 6 * 60 * 60_000
"""Simulated ms between two evaluations."""
BAD_LINES_KEPT = 20
QUIET = WATCH + 24 * 60 * 60_000
"""Simulated ms without a line after which no release is watched any more, and so nothing is decided."""
DAY_AHEAD = 24 * 60 * 60_000
"""How far a line may be ahead of a store that is in use afterwards: as far as clocks and zones go wrong."""
CLOSING = GRACE + 60_000
"""Simulated ms after the last line until the minute it is in is closed."""


class Evaluates(Protocol):
    def tick(self) -> int: ...


@dataclass(slots=True)
class Progress:
    """How far a replay is; ``at`` is the simulated time in ms."""

    at: int = 0
    messages: int = 0
    bytes: int = 0
    bad: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)


class Replay:
    """Runs lines through the real consumer and the real evaluator."""

    def __init__(
        self,
        store: Store,
        partitions: Mapping[str, int],
        evaluator: Callable[[SimulatedClock], Evaluates],
        on_project: Callable[[str], None],
        on_progress: Callable[[Progress], None],
        step: int = STEP,
    ) -> None:
        self.progress = Progress()
        self._store = store
        self._feed = FeedLog(partitions)
        self._new_evaluator = evaluator
        self._on_project = on_project
        self._on_progress = on_progress
        self._step = step
        self._fed = 0
        self._projects: set[str] = set()

    def run(self, lines: Iterable[bytes], now: Callable[[], int] | None = None) -> Progress:
        """Replay all lines, then let the clock go on until the last minute is closed, but not past ``now()`` (ms).

        With ``now``, a line that is more than a day ahead of it is a bad one: what comes live would be behind it.
        """
        due = None
        for line in read(self._measured(lines), now() + DAY_AHEAD if now else None):
            if isinstance(line, BadLine):
                self._note(line)
                continue
            if due is None:
                due = self._start(line.received_at)
            due = self._pass(due, line.received_at)
            self._take(line)
        if due is not None:
            closed = self.progress.at + CLOSING
            self._finish(max(self.progress.at, min(closed, now()) if now else closed))
        return self.progress

    def _start(self, at: int) -> int:
        self._clock = SimulatedClock(at)
        self._consumer = Consumer(self._feed, self._store, self._clock, "replay")
        self._evaluator = self._new_evaluator(self._clock)
        return at - at % self._step + self._step

    def _pass(self, due: int, until: int) -> int:
        """Evaluate at each step up to ``until``, but in a silence only while something can happen; the next step."""
        quiet = self.progress.at + QUIET
        while until >= due:
            self._evaluate(due)
            due += self._step
            if due > quiet:
                due = max(due, until - until % self._step)
        return due

    def _take(self, line: Line) -> None:
        if line.project and line.project not in self._projects:
            self._projects.add(line.project)
            self._on_project(line.project)
        if line.topic == topics.OUTCOMES:
            # It speaks of a decision: what is closed by now is decided before it is read, whatever the step.
            self._evaluate(line.received_at)
        self._feed.feed(line.topic, line.key, line.value, line.received_at)
        self.progress.at = line.received_at
        self.progress.messages += 1
        self._fed += 1
        if self._fed >= BATCH_RECORDS or line.topic == topics.OUTCOMES:
            self._consume(line.received_at)

    def _consume(self, now: int) -> None:
        self._clock.set(now)
        while self._consumer.step(0.0):
            pass
        self._fed = 0
        self._on_progress(self.progress)

    def _evaluate(self, now: int) -> None:
        self._consume(now)
        self._evaluator.tick()

    def _finish(self, now: int) -> None:
        self._consume(now)
        self._evaluator.tick()
        self._consumer.close()
        self._on_progress(self.progress)

    def _note(self, line: BadLine) -> None:
        self.progress.bad += 1
        if len(self.progress.bad_lines) < BAD_LINES_KEPT:
            self.progress.bad_lines.append(line)

    def _measured(self, lines: Iterable[bytes]) -> Iterable[bytes]:
        for line in lines:
            self.progress.bytes += len(line)
            yield line
