"""`project settings show | validate | apply`: what a project asks of intake and of the counts; `project scrubbed`."""

import re
from pathlib import Path
from typing import Annotated

import typer

from seatrial.cli.options import Json, Token, Url, print_json, say, settings_of
from seatrial.cli.projects import projects
from seatrial.failures import ExitCode, Failure

project_settings = typer.Typer(help="A project's settings.", no_args_is_help=True)
projects.add_typer(project_settings, name="settings")

VERSIONS = re.compile(r"\A(?:# settings, version [0-9]+\r?\n)+")
Name = Annotated[str, typer.Argument(help="The project.")]
File = Annotated[Path, typer.Argument(help="Settings in TOML.")]


@project_settings.command()
def show(name: Name, url: Url = None, token: Token = None, as_json: Json = False) -> None:
    """The settings in force."""
    from seatrial.client import Client

    with Client(settings_of(url=url, token=token), name) as client:
        found = client.get("/settings")
    if as_json:
        print_json(found)
    else:
        say(as_file(found["version"], found["document"]))


@projects.command()
def scrubbed(name: Name, url: Url = None, token: Token = None, as_json: Json = False) -> None:
    """What was scrubbed, by rule: how often, never what."""
    from seatrial.client import Client

    with Client(settings_of(url=url, token=token), name) as client:
        found = client.get("/scrubbing")
    if as_json:
        print_json(found)
        return
    for item in found["items"]:
        say(f"{item['count']:>12,}  {item['what'] or item['rule']}")
    if not found["items"]:
        say(f"Nothing was scrubbed out of what {name} has stored.")


@project_settings.command()
def validate(file: File, as_json: Json = False) -> None:
    """Check a file of settings; nothing is applied."""
    _parse(file)
    if as_json:
        print_json({"schema": "settings-check.v1", "file": str(file), "valid": True})
    else:
        say(f"{file} has a project's settings.")


@project_settings.command()
def apply(name: Name, file: File, url: Url = None, token: Token = None, as_json: Json = False) -> None:
    """Make a file the settings in force, as a new version; it holds after five seconds."""
    from seatrial.client import Client

    text = _parse(file)
    with Client(settings_of(url=url, token=token), name) as client:
        answer = client.put_text("/settings", text, "application/toml")
    if as_json:
        print_json(answer)
    else:
        say(f"Applied as version {answer['version']}.")


def as_file(version: int, document: str | None) -> str:
    """The document under its version, in place of those with which it was shown and applied before."""
    text = VERSIONS.sub("", document or "# the defaults: none were applied yet")
    return f"# settings, version {version}\n{text}".rstrip()


def _parse(file: Path) -> str:
    from models.wire.project_settings import parse_settings
    from models.wire.toml import BadDocument

    try:
        text = file.read_text(encoding="utf-8")
        parse_settings(text)
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {error}"
        raise Failure(message) from None
    except BadDocument as error:
        message = f"{file}: {error}"
        raise Failure(message, ExitCode.BAD_USAGE) from None
    return text
