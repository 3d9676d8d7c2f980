"""How far a replay is: a bar on a terminal, else a line every ten seconds; never on stdout."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from models.wire.times import to_text
from seatrial.replay.course import Progress

LINE_SECONDS = 10.0


@contextmanager
def showing(total: int, stream: TextIO, *, as_json: bool = False) -> Iterator[Callable[[Progress], None]]:
    """Yields what to call with each step; ``total`` is the size of the file in bytes."""
    if stream.isatty():
        with _bar(total, stream) as show:
            yield show
    else:
        yield _lines(total, stream, as_json=as_json)


def rate(progress: Progress, started: float) -> float:
    """Messages a second since ``started`` (`time.monotonic`)."""
    return progress.messages / max(time.monotonic() - started, 1e-3)


def _lines(total: int, stream: TextIO, *, as_json: bool) -> Callable[[Progress], None]:
    started = told = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal told
        if time.monotonic() - told < LINE_SECONDS:
            return
        told = time.monotonic()
        share = progress.bytes / max(total, 1)
        facts = {"simulated": to_text(progress.at), "messages": progress.messages, "done": round(share, 3)}
        text = (
            json.dumps(facts)
            if as_json
            else f"{share:.0%}  {to_text(progress.at)}  {rate(progress, started):,.0f} messages/s"
        )
        stream.write(text + "\n")

    return show


@contextmanager
def _bar(total: int, stream: TextIO) -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.fields[clock]}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(file=stream)) as bar:
        task = bar.add_task("", total=total, clock="", rate="")
        started = time.monotonic()

        def show(progress: Progress) -> None:
            clock = to_text(progress.at - progress.at % 1000)
            speed = f"{rate(progress, started):,.0f} messages/s"
            bar.update(task, completed=progress.bytes, clock=clock, rate=speed)

        yield show
