"""`demo`: the main job on real input, with a story."""

from typing import Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Data, Json, settings_of
from seatrial.failures import ExitCode


@app.command()
def demo(
    seed: Annotated[
        int,
        typer.Option(
            help="Another seed tells another history and other customers; the history of a seed grows with the day."
        ),
    ] = 1,
    bug: Annotated[bool, typer.Option("--bug/--no-bug", help="Whether the new release has its bug.")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Leave it running at the end, until Ctrl-C.")] = False,
    fast_history: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Share of the history's traffic, for tests.")
    ] = 1.0,
    data: Data = None,
    listen: Annotated[str | None, typer.Option(help="Address and port; another port is taken if it is in use.")] = None,
    as_json: Json = False,
) -> None:
    """Three weeks of a small shop, then a bad release, caught and rolled back while you watch."""
    from seatrial import logs
    from seatrial.demo.parts import interrupted_by_sigterm
    from seatrial.demo.story import Telling, tell

    settings = settings_of(data=data, listen=listen)
    logs.configure("demo")
    with interrupted_by_sigterm():
        told = tell(settings, Telling(seed=seed, bug=bug, keep=keep, fraction=fast_history, as_json=as_json))
    raise typer.Exit(ExitCode.DONE if told.as_expected else ExitCode.FAILED)
