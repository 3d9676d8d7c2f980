"""How far a backtest is: a bar on a terminal, else a line every ten seconds; never on stdout."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from seatrial.backtest.run import Progress

LINE_SECONDS = 10.0


@contextmanager
def showing(stream: TextIO, *, as_json: bool = False) -> Iterator[Callable[[Progress], None]]:
    """Yields what to call with each step."""
    if stream.isatty():
        with _bar(stream) as show:
            yield show
    else:
        yield _lines(stream, as_json=as_json)


def _lines(stream: TextIO, *, as_json: bool) -> Callable[[Progress], None]:
    started = told = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < LINE_SECONDS:
            return
        told = now
        facts = {"release": progress.release, "minutes": progress.minutes, "of": progress.total}
        speed = progress.minutes / (now - started)
        text = f"{progress.minutes:,} of {progress.total:,} minutes  {speed:,.0f} minutes/s  {progress.release}"
        stream.write((json.dumps(facts) if as_json else text) + "\n")

    return show


@contextmanager
def _bar(stream: TextIO) -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("minutes"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(progress: Progress) -> None:
            # A release may be called anything, and square brackets are rich's markup.
            shown = progress.release.replace("[", "(")
            bar.update(task, total=progress.total, completed=progress.minutes, description=shown)

        yield show
