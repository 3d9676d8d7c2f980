"""`report release`: the same answer as a document."""

from typing import Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Environment, Project, Release, Token, Url, say, settings_of
from seatrial.failures import ExitCode, Failure

reports = typer.Typer(help="Reports.", no_args_is_help=True)
app.add_typer(reports, name="report")

FORMATS = ("markdown", "html", "json")


@reports.callback()
def _group() -> None:
    """Reports."""


@reports.command(name="release")
def report_release(
    release: Release,
    environment: Environment = "production",
    form: Annotated[str, typer.Option("--format", help="markdown, html or json.")] = "markdown",
    project: Project = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """What happened to a release, for people who were not there."""
    from seatrial.client import Client, in_path, project_of

    if form not in FORMATS:
        message = f"--format is one of {', '.join(FORMATS)}"
        raise Failure(message, ExitCode.BAD_USAGE)
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        say(client.text(f"/releases/{in_path(release)}/report", environment=environment, format=form).text.rstrip())
