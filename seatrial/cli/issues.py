"""`issue list | view`: the causes behind the errors."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from seatrial.cli.application import app
from seatrial.cli.options import (
    Environment,
    Json,
    ProjectAlone,
    Token,
    Url,
    counted,
    print_json,
    say,
    settings_of,
    tell,
)

issues = typer.Typer(help="Issues.", no_args_is_help=True)
app.add_typer(issues, name="issue")


@issues.command(name="list")
def list_issues(
    environment: Environment = "production",
    release: Annotated[str | None, typer.Option(help="Only those seen in this release.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """The issues of a project, those that hurt most users first."""
    from seatrial.client import Client, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        items = client.every("/issues", limit, environment=environment, release=release)
    if as_json:
        print_json({"schema": "issues.v1", "items": items})
        return
    if not items:
        tell("No issue here.")
    for item in items:
        say(f"{item.get('name') or item['issue']}  {_hurt(item, '  ')}  {item['title']}")


@issues.command()
def view(
    issue: Annotated[str, typer.Argument(help="Its name, as in SHOP-12, or its id.")],
    environment: Environment = "production",
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """One issue: its counts by release, and why its events are one thing."""
    from seatrial.client import Client, in_path, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        found = client.get(f"/issues/{in_path(issue)}", environment=environment)
    if as_json:
        print_json(found)
        return
    say(f"{found.get('name') or found['issue']}  {found['title']}")
    say(f"  {_hurt(found, ', ')}")
    if found.get("culprit"):
        say(f"  in {found['culprit']}")
    for row in found.get("releases", []):
        say(f"  {row['release']}: {_hurt(row, ', ')}")


def _hurt(found: Mapping[str, Any], between: str) -> str:
    return f"{counted(found['users'], 'user')}{between}{counted(found['events'], 'event')}"
