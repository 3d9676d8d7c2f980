"""`decision list | view | label`: what was decided, and whether it was right."""

from typing import Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Json, ProjectAlone, Reason, Token, Url, print_json, say, settings_of, tell
from seatrial.failures import ExitCode, Failure

decisions = typer.Typer(help="Decisions.", no_args_is_help=True)
app.add_typer(decisions, name="decision")

LABELS = ("correct", "false_alarm", "missed", "not_caused_by_release")
Decision = Annotated[str, typer.Argument(help="Its id, as in d-77.")]


@decisions.command(name="list")
def list_decisions(
    release: Annotated[str | None, typer.Option(help="Only on this release.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """The decision log, the newest first, and how often it was right."""
    from seatrial.client import Client, project_of
    from seatrial.verdicts import VERDICTS

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        page = client.get("/decisions", release=release)
        items = client.every("/decisions", limit, release=release)
    if as_json:
        print_json({"schema": "decisions.v1", "items": items, "track_record": page.get("track_record")})
        return
    if not items:
        tell("No decision was taken yet.")
    for item in items:
        said = ", ".join(outcome["label"] for outcome in item.get("outcomes", [])) or "not labelled"
        say(f"{item['decision']:<6} {item['decided_at']}  {VERDICTS[item['verdict']]:<18} {item['release']}  ({said})")
    if record := page.get("track_record"):
        say(str(record.get("sentence", "")))


@decisions.command()
def view(
    decision: Decision, project: ProjectAlone = None, url: Url = None, token: Token = None, as_json: Json = False
) -> None:
    """One decision with its frozen evidence."""
    from seatrial.client import Client, in_path, project_of
    from seatrial.verdicts import gate_lines

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        found = client.get(f"/decisions/{in_path(decision)}")
    if as_json:
        print_json(found)
        return
    for line in gate_lines(found.get("document") or found):
        say(line)
    for outcome in found.get("outcomes", []):
        say(f"  {outcome['label']}: {outcome.get('reason') or '—'} ({outcome.get('by') or 'unknown'})")


@decisions.command()
def label(
    decision: Decision,
    given: Annotated[
        str, typer.Argument(metavar="LABEL", help="correct, false_alarm, missed or not_caused_by_release.")
    ],
    reason: Reason,
    by: Annotated[str | None, typer.Option(help="Who says so.")] = None,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Say whether a decision was right."""
    from seatrial.client import Client, project_of

    if given not in LABELS:
        message = f"{given!r} is no label: use one of {', '.join(LABELS)}"
        raise Failure(message, ExitCode.BAD_USAGE)
    if not reason.strip():
        message = "--reason is empty: say why, for whoever reads the decision later"
        raise Failure(message, ExitCode.BAD_USAGE)
    told = {"decision": decision, "label": given, "reason": reason}
    if by:
        told["by"] = by
    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        answer = client.post("/outcomes", told)
    if as_json:
        print_json(answer)
    else:
        say(f"{decision} is labelled {given}.")
