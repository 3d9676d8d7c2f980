"""`policy show | validate | apply`: what a project asks for."""

import re
from pathlib import Path
from typing import Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Json, ProjectAlone, Token, Url, print_json, say, settings_of, tell
from seatrial.failures import ExitCode, Failure

policies = typer.Typer(help="The policy.", no_args_is_help=True)
app.add_typer(policies, name="policy")

TITLES = re.compile(r"\A(?:# [\w.-]+@[0-9]+\r?\n)+")
STAND_IN = "whsec_" + "A" * 32
"""For a secret that is left out: a policy is checked without it."""
File = Annotated[Path, typer.Argument(help="A policy in TOML.")]


@policies.command()
def show(project: ProjectAlone = None, url: Url = None, token: Token = None, as_json: Json = False) -> None:
    """The policy in force."""
    from seatrial.client import Client, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        found = client.get("/policy")
    if as_json:
        print_json(found)
        return
    say(as_file(str(found.get("policy") or found.get("title")), found.get("document")))


@policies.command()
def validate(file: File, as_json: Json = False) -> None:
    """Check a policy file; nothing is applied."""
    _, keeps_secret = _parse(file)
    if as_json:
        print_json({"schema": "policy-check.v1", "file": str(file), "valid": True, "keeps_secret": keeps_secret})
        return
    say(f"{file} is a policy.")
    if keeps_secret:
        tell("Its webhook leaves the secret out: applied, it keeps the one of the policy in force, if that has one.")


@policies.command()
def apply(
    file: File, project: ProjectAlone = None, url: Url = None, token: Token = None, as_json: Json = False
) -> None:
    """Make a policy file the one in force, as a new version."""
    from seatrial.client import Client, project_of

    text, _ = _parse(file)
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        answer = client.put_text("/policy", text, "application/toml")
    if as_json:
        print_json(answer)
    else:
        say(f"Applied as {answer.get('policy') or answer.get('title') or answer.get('version')}.")


def as_file(title: str, document: str | None) -> str:
    """The document under its title, in place of those with which it was shown and applied before."""
    text = TITLES.sub("", document or "# the defaults: none was applied yet").rstrip()
    return f"# {title}\n{text}".rstrip()


def _parse(file: Path) -> tuple[str, bool]:
    """The text, and whether it leaves the webhook's secret to the policy in force, which only the server knows."""
    from models.wire.policy import parse_policy, with_secret
    from models.wire.toml import BadDocument

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {error}"
        raise Failure(message) from None
    whole = with_secret(text, STAND_IN)
    try:
        parse_policy(whole)
    except BadDocument as error:
        message = f"{file}: {error}"
        raise Failure(message, ExitCode.BAD_USAGE) from None
    return text, whole != text
