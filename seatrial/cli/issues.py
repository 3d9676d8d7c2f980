"""`issue list | view | resolve | reopen | mute`: the causes behind the errors, and what people say holds of them."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from analytics.reports.words import STATES, STATUSES
from seatrial.cli.application import app
from seatrial.cli.options import (
    Environment,
    Json,
    ProjectAlone,
    Reason,
    Token,
    Url,
    counted,
    print_json,
    say,
    settings_of,
    tell,
)
from seatrial.failures import ExitCode, Failure

issues = typer.Typer(help="Issues.", no_args_is_help=True)
app.add_typer(issues, name="issue")

Issue = Annotated[str, typer.Argument(help="Its name, as in SHOP-12, or its id.")]
By = Annotated[str | None, typer.Option(help="Who says so.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would follow.")]
Once = Annotated[str | None, typer.Option("--idempotency-key", help="The same command again changes nothing.")]


@issues.command(name="list")
def list_issues(
    environment: Environment = "production",
    release: Annotated[str | None, typer.Option(help="Only those of this release, with their state in it.")] = None,
    state: Annotated[str | None, typer.Option(help=f"In the release: {', '.join(STATES)}.")] = None,
    status: Annotated[str | None, typer.Option(help=f"Without a release: {', '.join(STATUSES)}.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """The issues of a project, those that need someone first."""
    from seatrial.client import Client, project_of

    _check(state, STATES, "--state")
    _check(status, STATUSES, "--status")
    settings = settings_of(project=project, url=url, token=token)
    asked = {"environment": environment, "release": release, "state": state, "status": status}
    with Client(settings, project_of(settings, release)) as client:
        items = client.every("/issues", limit, **asked)
    if as_json:
        print_json({"schema": "issues.v1", "items": items})
        return
    if not items:
        tell("No issue here.")
    for item in items:
        word = STATES[item["state"]] if item.get("state") else STATUSES[item["status"]]
        say(f"{item.get('name') or item['issue']}  {word:<13}  {_hurt(item, '  ')}  {item['title']}")
        if item.get("why"):
            say(f"    {item['why']}")
        if suspect := item.get("suspect"):
            say(f"    suspect: {_suspect(suspect)}")


@issues.command()
def view(
    issue: Issue,
    environment: Environment = "production",
    release: Annotated[str | None, typer.Option(help="Only what it did in this release.")] = None,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """One issue: what holds of it, its counts by release, and the changes that may have brought it."""
    from seatrial.client import Client, in_path, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings, release)) as client:
        found = client.get(f"/issues/{in_path(issue)}", environment=environment, release=release)
    if as_json:
        print_json(found)
        return
    say(f"{found.get('name') or found['issue']}  {found['title']}")
    if found["merged_into"]:
        say(f"  {issue} was merged into it: these are the counts of both, each user once")
    state = f", {STATES[found['state']].lower()} in {release}" if found.get("state") else ""
    say(f"  {STATUSES[found['status']].lower()}{state}; {_hurt(found, ', ')}")
    if found.get("culprit"):
        say(f"  in {found['culprit']}")
    for back in found["came_back"]:
        say(f"  came back: {back['sentence']}")
    for old in found["old_clients"]:
        say(f"  old client, not a regression: {old['sentence']}")
    _say_suspects(found)
    for row in found["releases"]:
        say(f"  {row['release'] or 'no release named'}: {_hurt(row, ', ')}")
    for row in found["environments"]:
        say(f"  {row['environment']}: first seen {row['first_seen']}, last {row['last_seen']}")
    for one in found["commands"]:
        say(f"  {one['at']}  {one['command']} by {one['by']}: {one['reason']}")


@issues.command()
def resolve(
    issue: Issue,
    reason: Reason,
    in_release: Annotated[str | None, typer.Option("--in-release", help="The fix is in this release.")] = None,
    in_next: Annotated[bool, typer.Option("--in-next", help="The fix is in the next release.")] = False,
    by: By = None,
    dry_run: DryRun = False,
    once: Once = None,
    environment: Environment = "production",
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Say that it is fixed: in what runs now, or in a release."""
    if in_release and in_next:
        message = "give --in-release or --in-next, not both"
        raise Failure(message, ExitCode.BAD_USAGE)
    told = {"command": "resolve", "fixed_in": "release" if in_release else "next" if in_next else "now"}
    if in_release:
        told["release"] = in_release
    settings = settings_of(project=project, url=url, token=token)
    _command(settings, issue, told, reason, by, dry_run, once, environment, as_json)


@issues.command()
def reopen(
    issue: Issue,
    reason: Reason,
    by: By = None,
    dry_run: DryRun = False,
    once: Once = None,
    environment: Environment = "production",
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Say that it is not fixed, or not muted any more."""
    settings = settings_of(project=project, url=url, token=token)
    _command(settings, issue, {"command": "reopen"}, reason, by, dry_run, once, environment, as_json)


@issues.command()
def mute(
    issue: Issue,
    reason: Reason,
    by: By = None,
    dry_run: DryRun = False,
    once: Once = None,
    environment: Environment = "production",
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Say that there is nothing to act on: lists show it after the open ones."""
    settings = settings_of(project=project, url=url, token=token)
    _command(settings, issue, {"command": "mute"}, reason, by, dry_run, once, environment, as_json)


def _command(
    settings: Any,
    issue: str,
    told: dict[str, str],
    reason: str,
    by: str | None,
    dry_run: bool,
    once: str | None,
    environment: str,
    as_json: bool,
) -> None:
    from seatrial.client import Client, in_path, project_of

    if not reason.strip():
        message = "--reason is empty: say why, for whoever reads the history later"
        raise Failure(message, ExitCode.BAD_USAGE)
    body: dict[str, Any] = told | {"reason": reason, "dry_run": dry_run}
    body |= {name: value for name, value in (("by", by), ("id", once)) if value}
    with Client(settings, project_of(settings)) as client:
        query = f"?environment={in_path(environment)}"
        answer = client.post(f"/issues/{in_path(issue)}/commands{query}", body)
    if as_json:
        print_json(answer)
        return
    word = {"resolve": "resolved", "reopen": "open again", "mute": "muted"}[answer["command"]]
    say(f"{answer.get('name') or answer['issue']} {'would be' if dry_run else 'is'} {word}. {answer['consequence']}")


def _check(given: str | None, known: Mapping[str, str], option: str) -> None:
    if given is not None and given not in known:
        message = f"{option} {given!r} is not one: use {', '.join(known)}"
        raise Failure(message, ExitCode.BAD_USAGE)


def _say_suspects(found: Mapping[str, Any]) -> None:
    for one in found["suspects"]:
        say(f"  suspect: {_suspect(one)}")
    if left_out := (found["commits"] or {}).get("files_left_out"):
        say(f"  {counted(left_out, 'file')} of the commits that changed most: not looked at")


def _suspect(one: Mapping[str, Any]) -> str:
    change = f"{one['commit'][:12]} {one['message'].partition(chr(10))[0]}".strip()
    return f"{change}: {one['evidence']} (confidence {one['confidence']}; by {one['author'] or 'an unknown author'})"


def _hurt(found: Mapping[str, Any], between: str) -> str:
    return f"{counted(found['users'], 'user')}{between}{counted(found['events'], 'event')}"
