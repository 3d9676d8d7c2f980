"""`deploy record`: tell that a release was put into an environment."""

import json
import subprocess
from pathlib import Path
from typing import Annotated, Any

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Environment, Json, Project, Release, Token, Url, print_json, say, settings_of
from seatrial.failures import ExitCode, Failure

deploys = typer.Typer(help="Deploys.", no_args_is_help=True)
app.add_typer(deploys, name="deploy")

STATES = ("started", "succeeded", "failed", "rolled_back")


@deploys.command()
def record(
    release: Release,
    environment: Environment = "production",
    exposure: Annotated[float | None, typer.Option(help="Share of traffic, 0 to 1; default: all.")] = None,
    state: Annotated[str, typer.Option(help="started, succeeded, failed or rolled_back.")] = "succeeded",
    at: Annotated[str | None, typer.Option(help="When, RFC 3339; default: now.")] = None,
    deploy_id: Annotated[str | None, typer.Option("--id", help="The deploy, if it has a name of its own.")] = None,
    replaces: Annotated[str | None, typer.Option(help="The release that it replaces.")] = None,
    commits: Annotated[
        str | None, typer.Option(help="A JSON file with commits, or a git range as in v1.4.1..v1.4.2.")
    ] = None,
    irreversible: Annotated[bool, typer.Option("--irreversible", help="It must not be rolled back.")] = False,
    project: Project = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Record a deploy."""
    from seatrial.client import Client, project_of

    if state not in STATES:
        message = f"--state is one of {', '.join(STATES)}"
        raise Failure(message, ExitCode.BAD_USAGE)
    if exposure is not None and not 0 <= exposure <= 1:
        message = f"--exposure {exposure:g}: write a share of traffic from 0 to 1, as in 0.1"
        raise Failure(message, ExitCode.BAD_USAGE)
    told: dict[str, Any] = {"release": release, "environment": environment, "state": state}
    optional = {
        "exposure": exposure,
        "at": at,
        "id": deploy_id,
        "replaces": replaces,
        "irreversible": irreversible or None,
    }
    told |= {name: value for name, value in optional.items() if value is not None}
    if commits:
        told["commits"] = _commits(commits)
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        answer = client.post("/deploys", told)
    if as_json:
        print_json(answer)
    else:
        share = "" if exposure is None else f" with {exposure:.0%} of traffic"
        say(f"Recorded: {release} {state} in {environment}{share}. Watch it: seatrial release watch {release}")


def _commits(given: str) -> list[dict[str, Any]]:
    path = Path(given)
    if path.is_file():
        try:
            read = json.loads(path.read_text())
        except ValueError as error:
            message = f"{given} is not JSON: {error}"
            raise Failure(message, ExitCode.BAD_USAGE) from None
        return list(read)
    return _git_commits(given)


def _git_commits(span: str) -> list[dict[str, Any]]:
    if span.startswith("-"):
        message = f"--commits {span!r} would be an option of git, not a range: write it as in v1.4.1..v1.4.2"
        raise Failure(message, ExitCode.BAD_USAGE)
    command = ["git", "log", "--name-only", "--format=%x00%H%x1f%an%x1f%aI%x1f%s", "--end-of-options", span, "--"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git, and a range as the user wrote it
    if done.returncode:
        message = f"--commits {span!r} is neither a file nor a git range here: {done.stderr.strip()}"
        raise Failure(message, ExitCode.BAD_USAGE)
    found = []
    for block in done.stdout.split("\x00")[1:]:
        head, _, names = block.partition("\n")
        name, author, at, message = head.split("\x1f", 3)
        files = [line for line in names.splitlines() if line]
        found.append({"id": name, "author": author, "at": at, "message": message, "files": files})
    return found
