"""`feedback list | themes | add`: what users wrote."""

from typing import Annotated, Any

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Environment, Json, ProjectAlone, Token, Url, print_json, say, settings_of, tell

feedback = typer.Typer(help="Feedback.", no_args_is_help=True)
app.add_typer(feedback, name="feedback")

OfRelease = Annotated[str | None, typer.Option(help="Only of this release.")]


@feedback.command(name="list")
def list_feedback(
    environment: Environment = "production",
    release: OfRelease = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """What users wrote, the newest first."""
    from seatrial.client import Client, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        items = client.every("/feedback", limit, environment=environment, release=release)
    if as_json:
        print_json({"schema": "feedback.v1", "items": items})
        return
    if not items:
        tell("Nobody wrote.")
    for item in items:
        say(f"{item['at']}  {item.get('release') or '—'}  {_about(item)}  “{item['message']}”")


@feedback.command()
def themes(
    environment: Environment = "production",
    release: OfRelease = None,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """What several users said alike, counted release by release."""
    from seatrial.client import Client, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        items = client.every("/themes", 1_000, environment=environment, release=release)
    if as_json:
        print_json({"schema": "themes.v1", "items": items})
        return
    if not items:
        tell("No theme: at least three users must say the same thing.")
    for item in items:
        say(f"{item['count']:>4}  {item.get('release') or '—'}  {item['name']}")


@feedback.command()
def add(
    message: Annotated[str, typer.Argument(help="What was written.")],
    environment: Environment = "production",
    release: Annotated[str | None, typer.Option(help="The release it is about.")] = None,
    rating: Annotated[int | None, typer.Option(min=1, max=5)] = None,
    user: Annotated[str | None, typer.Option(help="Who wrote; kept as a hash only.")] = None,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Add what a user said somewhere else."""
    from seatrial.client import Client, project_of

    told: dict[str, Any] = {"message": message, "environment": environment, "source": "cli"}
    optional = {"release": release, "rating": rating, "user": user}
    told |= {name: value for name, value in optional.items() if value is not None}
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        answer = client.post("/feedback", told)
    if as_json:
        print_json(answer)
    else:
        say("Taken.")


def _about(item: dict[str, Any]) -> str:
    """``SHOP-1 by its event``, or a dash."""
    return f"{item['issue']} by its {item['joined_by']}" if item.get("issue") else "—"
