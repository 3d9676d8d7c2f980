"""`release list | view | watch | gate`: what Seatrial thinks of releases."""

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Annotated, Any, TextIO

import typer

from seatrial.cli.application import app
from seatrial.cli.options import (
    Environment,
    Json,
    Project,
    ProjectAlone,
    Release,
    Token,
    Url,
    print_json,
    say,
    settings_of,
    tell,
)
from seatrial.failures import ExitCode, Failure

releases = typer.Typer(help="Releases.", no_args_is_help=True)
app.add_typer(releases, name="release")

GATE_CODES = {
    "continue": ExitCode.DONE,
    "hold": ExitCode.HOLD,
    "rollback": ExitCode.ROLLBACK,
    "insufficient_data": ExitCode.TOO_LITTLE_DATA,
}
FINAL = ("continue", "rollback")
Timeout = Annotated[
    str | None,
    typer.Option(
        help="Wait for an answer at most so long, as in 45m or 90s (a bare number: seconds); default: answer once."
    ),
]
WatchTimeout = Annotated[
    str | None,
    typer.Option(help="Watch at most so long, as in 45m or 90s (a bare number: seconds); default: until it is final."),
]


class OnUnknown(StrEnum):
    """What too little data comes to."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"


@releases.command(name="list")
def list_releases(
    environment: Environment = "production",
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """The releases of a project, the newest first."""
    from seatrial.client import Client, project_of
    from seatrial.verdicts import release_lines

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        items = client.every("/releases", limit, environment=environment)
    if as_json:
        print_json({"schema": "releases.v1", "items": items})
    elif not items:
        tell("No release yet: tell of one by `seatrial deploy record RELEASE`, or send sessions of it.")
    else:
        for line in release_lines(items):
            say(line)


@releases.command()
def view(
    release: Release,
    environment: Environment = "production",
    project: Project = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """One release: its verdict with the reasons, its sessions and users, how far it is in use, and its crashes."""
    from seatrial.client import Client, in_path, project_of
    from seatrial.verdicts import gate_lines, health_lines

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        found = client.get(f"/releases/{in_path(release)}", environment=environment)
        gate = client.get("/gate", release=release, environment=environment)
    if as_json:
        print_json(found)
        return
    for line in gate_lines(gate) + health_lines(found):
        say(line)
    say(f"  {gate['url']}")


@releases.command()
def gate(
    release: Release,
    environment: Environment = "production",
    timeout: Timeout = None,
    on_unknown: Annotated[OnUnknown, typer.Option(help="pass: too little data leaves with 0.")] = OnUnknown.FAIL,
    project: Project = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """The verdict as an exit code: 0 continue, 10 hold, 11 roll back, 12 too little data, 8 still watching."""
    from seatrial.client import Client, project_of
    from seatrial.verdicts import gate_lines
    from seatrial.waiting import Wait

    wait = None if timeout is None else Wait(seconds_of(timeout))
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:

        def ask() -> dict[str, Any]:
            found: dict[str, Any] = client.get("/gate", release=release, environment=environment)
            return found

        document = ask() if wait is None else wait.until(ask, is_final)
    if as_json:
        print_json(document)
    else:
        for line in gate_lines(document):
            say(line)
    raise typer.Exit(gate_code(document, waited=wait is not None, pass_unknown=on_unknown is OnUnknown.PASS))


@releases.command()
def watch(
    release: Release,
    environment: Environment = "production",
    timeout: WatchTimeout = None,
    project: Project = None,
    url: Url = None,
    token: Token = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON at each change.")] = False,
) -> None:
    """Follow a release until its verdict is final, or until the timeout."""
    from seatrial.client import Client, project_of
    from seatrial.waiting import Wait

    wait = Wait(None if timeout is None else seconds_of(timeout))
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client, _showing(as_json=as_json) as show:

        def ask() -> dict[str, Any]:
            found: dict[str, Any] = client.get("/gate", release=release, environment=environment)
            show(found)
            return found

        document = wait.until(ask, is_final)
    raise typer.Exit(gate_code(document, waited=True, pass_unknown=False))


def _showing(*, as_json: bool) -> AbstractContextManager[Callable[[Mapping[str, Any]], None]]:
    from seatrial.verdicts import watching

    return nullcontext(changes_as_json(sys.stdout)) if as_json else watching(sys.stdout)


def changes_as_json(stream: TextIO) -> Callable[[Mapping[str, Any]], None]:
    """Writes a document if it says another thing than the last one: one line each."""
    last: tuple[Any, ...] | None = None

    def show(document: Mapping[str, Any]) -> None:
        nonlocal last
        degraded = bool(document.get("degraded"))
        # How long a verdict is degraded changes all the time, and its sentence with it.
        said = (document["verdict"], degraded, None if degraded else document["sentence"])
        if said != last:
            last = said
            stream.write(json.dumps(document, ensure_ascii=False) + "\n")
            stream.flush()

    return show


def is_final(document: Mapping[str, Any]) -> bool:
    return document["verdict"] in FINAL


def gate_code(document: dict[str, Any], *, waited: bool, pass_unknown: bool) -> ExitCode:
    """ux.md, section 4."""
    verdict = document["verdict"]
    if document.get("degraded") and verdict != "rollback":
        verdict = "hold"
    if verdict == "insufficient_data" and pass_unknown:
        return ExitCode.DONE
    if waited and verdict not in FINAL:
        return ExitCode.STILL_WATCHING
    return GATE_CODES[verdict]


def seconds_of(text: str) -> float:
    """``45m``, ``90s``, ``2h``, or a bare number of seconds."""
    factors = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
    number, factor = (text[:-1], factors[text[-1]]) if text and text[-1] in factors else (text, 1)
    try:
        seconds = float(number) * factor
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        message = f"--timeout {text!r}: write a time as in 90s, 45m or 2h, or a number of seconds"
        raise Failure(message, ExitCode.BAD_USAGE)
    return seconds
