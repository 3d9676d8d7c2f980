"""`replay`: recorded wire events through the whole path."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Config, Data, Json, Log, Store, counted, print_json, say, settings_of, tell
from seatrial.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from seatrial.replay.course import Progress
    from seatrial.replay.run import Result
    from seatrial.settings import Settings


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="One JSON object a line: topic, key, received_at, value.")],
    import_: Annotated[
        bool, typer.Option("--import", help="Fill the store of the settings, which must be empty.")
    ] = False,
    config: Config = None,
    data: Data = None,
    log: Log = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Wire events through the whole path on a simulated clock; prints the decisions."""
    from seatrial import logs
    from seatrial.replay import run
    from seatrial.replay.showing import showing

    settings = settings_of(config, data=data, log=log, store=store)
    logs.configure("replay")
    try:
        lines = file.open("rb")
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise Failure(message) from None
    with lines, showing(file.stat().st_size, sys.stderr, as_json=as_json) as on_progress:
        if import_:
            result = _fill(settings, lines, on_progress)
        else:
            with run.own_store() as engine:
                result = run.replay(lines, engine, settings.public_address, on_progress)
    for bad in result.progress.bad_lines:
        tell(f"{file}:{bad.number}: {bad.reason}")
    if result.progress.bad:
        tell(f"{counted(result.progress.bad, 'line')} could not be read: left out.")
    for document in result.decisions:
        if as_json:
            print_json(document)
        else:
            say(f"{document['as_of']}  {document['verdict']:<18} {document['release']}  {document['sentence']}")
    if result.progress.messages and not result.decisions:
        tell("No decision was taken.")
    check_read(file, result.progress)


def check_read(file: Path, progress: "Progress") -> None:
    """Raise `Failure` where too little was read for the result to mean anything."""
    if not progress.messages:
        message = f"no line of {file} could be read" if progress.bad else f"{file} has no lines: nothing was replayed"
        raise Failure(message)
    if progress.bad > progress.messages:
        message = f"most lines of {file} could not be read: is it a replay file?"
        raise Failure(message)


def _fill(settings: "Settings", lines: "BinaryIO", on_progress: "Callable[[Progress], None]") -> "Result":
    from seatrial import wiring
    from seatrial.replay import run

    system = wiring.open_system(settings)
    try:
        wiring.prepare(system)
        return run.fill(lines, system.engine, system.log, settings.public_address, on_progress)
    finally:
        system.close()
