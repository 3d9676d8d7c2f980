"""`policy show | validate | apply`: what a project asks for."""

from pathlib import Path
from typing import Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Json, Project, Token, Url, print_json, say, settings_of
from seatrial.failures import ExitCode, Failure

policies = typer.Typer(help="The policy.", no_args_is_help=True)
app.add_typer(policies, name="policy")

File = Annotated[Path, typer.Argument(help="A policy in TOML.")]


@policies.command()
def show(project: Project = None, url: Url = None, token: Token = None, as_json: Json = False) -> None:
    """The policy in force."""
    from seatrial.client import Client, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        found = client.get("/policy")
    if as_json:
        print_json(found)
        return
    say(f"# {found.get('policy') or found.get('title')}")
    say(str(found.get("document") or "# the defaults: none was applied yet").rstrip())


@policies.command()
def validate(file: File) -> None:
    """Check a policy file; nothing is applied."""
    _parse(file)
    say(f"{file} is a policy.")


@policies.command()
def apply(file: File, project: Project = None, url: Url = None, token: Token = None, as_json: Json = False) -> None:
    """Make a policy file the one in force, as a new version."""
    from seatrial.client import Client, project_of

    text = _parse(file)
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        answer = client.put_text("/policy", text, "application/toml")
    if as_json:
        print_json(answer)
    else:
        say(f"Applied as {answer.get('policy') or answer.get('title') or answer.get('version')}.")


def _parse(file: Path) -> str:
    from models.wire.policy import BadPolicy, parse_policy

    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {error}"
        raise Failure(message) from None
    try:
        parse_policy(text)
    except BadPolicy as error:
        message = f"{file}: {error}"
        raise Failure(message, ExitCode.BAD_USAGE) from None
    return text
