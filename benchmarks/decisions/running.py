"""Runs judges over cells, and keeps what came of each in a file of its own: a run that was stopped goes on."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from benchmarks.decisions.judges.protocol import Judge, Oracle, Verdicts
from benchmarks.decisions.outcomes import Outcomes
from benchmarks.decisions.streams import Episode


class Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def healthy(self) -> bool: ...


AnyCell = TypeVar("AnyCell", bound=Named)
Draw = Callable[[AnyCell, int, int], Episode]
"""From a cell, a seed and a number of releases."""


Watch = Callable[[Episode], Verdicts]


@dataclass(frozen=True, slots=True)
class Panel:
    """Who watches: `judges.JUDGES`, `judges.LIMITS` and `judges.ORACLES`, or some of them."""

    judges: Sequence[Judge]
    limits: Sequence[Oracle]
    oracles: Sequence[Oracle]

    def names(self) -> list[str]:
        return [*(judge.name for judge in self.judges), *(judge.name for judge in (*self.limits, *self.oracles))]

    def watching(self, *, healthy: bool) -> dict[str, Watch]:
        """By name, all that have something to say of such a cell."""
        told = (*self.limits, *(() if healthy else self.oracles))
        return {judge.name: _seeing(judge) for judge in self.judges} | {judge.name: _told(judge) for judge in told}


@dataclass(frozen=True, slots=True)
class Kept:
    """Results of so many releases a cell, in a folder; those of other numbers are others."""

    folder: Path
    releases: int

    def path(self, cell: str, judge: str, seed: int) -> Path:
        return self.folder / f"{cell}--{judge}--{seed}--{self.releases}.json"

    def has(self, cell: str, judge: str, seed: int) -> bool:
        return self.path(cell, judge, seed).exists()

    def keep(self, one: Outcomes) -> None:
        """Whole or not at all: a run may be killed at any time."""
        path = self.path(one.cell, one.judge, one.seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(msgspec.json.encode(one))
        unfinished.replace(path)

    def all(self) -> list[Outcomes]:
        read = msgspec.json.Decoder(Outcomes).decode
        return [read(path.read_bytes()) for path in sorted(self.folder.glob(f"*--{self.releases}.json"))]


def run(cells: Sequence[AnyCell], draw: Draw[AnyCell], panel: Panel, kept: Kept, *, seed: int) -> None:
    """Watches what the folder has no result of yet, cell by cell; tells on stderr how far it is."""
    missing = {cell.name: _missing(cell, panel, kept, seed) for cell in cells}
    progress = Progress(sum(map(len, missing.values())))
    for cell in cells:
        if watching := missing[cell.name]:
            episode = draw(cell, seed, kept.releases)
            for judge, watch in watching.items():
                kept.keep(Outcomes.of(cell.name, judge, seed, episode, watch(episode)))
                progress.done(f"{cell.name}: {judge}")


def _missing(cell: Named, panel: Panel, kept: Kept, seed: int) -> dict[str, Watch]:
    watching = panel.watching(healthy=cell.healthy)
    return {judge: watch for judge, watch in watching.items() if not kept.has(cell.name, judge, seed)}


def _seeing(judge: Judge) -> Watch:
    return lambda episode: judge.watch(episode.past, episode.plan, episode.stream)


def _told(judge: Oracle) -> Watch:
    return lambda episode: judge.watch(episode.past, episode.plan, episode.stream, episode.truth)


class Progress:
    """A line for each result, with the time that the rest will take at the pace so far."""

    def __init__(self, results: int) -> None:
        self._results, self._finished, self._began = results, 0, time.monotonic()

    def done(self, what: str) -> None:
        self._finished += 1
        left = (time.monotonic() - self._began) / self._finished * (self._results - self._finished)
        sys.stderr.write(f"{self._finished} of {self._results}, {left / 60:.1f} minutes left  {what}\n")
