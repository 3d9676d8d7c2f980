"""`issue why | merge | split`: which events are one issue."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from seatrial.cli.issues import issues
from seatrial.cli.options import Json, ProjectAlone, Reason, Token, Url, counted, print_json, say, settings_of
from seatrial.failures import ExitCode, Failure

Issue = Annotated[str, typer.Argument(help="Its name, as in SHOP-12, or its id.")]
By = Annotated[str | None, typer.Option(help="Who says so.")]


@issues.command()
def why(
    issue: Issue, project: ProjectAlone = None, url: Url = None, token: Token = None, as_json: Json = False
) -> None:
    """Why its events are one thing: what contributed to its key, what did not, and the keys that find it."""
    from seatrial.client import Client, in_path, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        found = client.get(f"/issues/{in_path(issue)}/why")
    if as_json:
        print_json(found)
        return
    for line in lines(found):
        say(line)


@issues.command()
def merge(
    issue: Issue,
    into: Annotated[str, typer.Argument(help="The issue that stays.")],
    reason: Reason,
    by: By = None,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Make ISSUE part of INTO: its events join that one from now on, and what it did is shown there."""
    from seatrial.client import Client, in_path, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        answer = client.post(f"/issues/{in_path(issue)}/merge", _told(reason, by) | {"into": into})
    if as_json:
        print_json(answer)
    else:
        stays = answer["name"] or answer["merged_into"]
        say(f"The events of {issue} join {stays} from now on, and what it did is shown there.")


@issues.command()
def split(
    issue: Issue,
    reason: Reason,
    key: Annotated[
        list[str] | None, typer.Option(help="A primary key that `issue why` shows; may be repeated.")
    ] = None,
    by: By = None,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """Undo the merge of ISSUE; or let the events that keys of it find be an issue of their own from now on."""
    from seatrial.client import Client, in_path, project_of

    settings = settings_of(project=project, url=url, token=token)
    with Client(settings, project_of(settings)) as client:
        answer = client.post(f"/issues/{in_path(issue)}/split", _told(reason, by) | ({"keys": key} if key else {}))
    if as_json:
        print_json(answer)
    elif key:
        say(f"The events of {counted(len(answer['keys']), 'key')} are the issue {answer['issue']} from now on.")
    else:
        say(f"{issue} stands for itself again; it was part of {answer['from']}.")


def _told(reason: str, by: str | None) -> dict[str, Any]:
    if not reason.strip():
        message = "--reason is empty: say why, for whoever wonders about the issue later"
        raise Failure(message, ExitCode.BAD_USAGE)
    return {"reason": reason} | ({"by": by} if by else {})


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The whole answer, for people: + contributes, - does not."""
    yield f"{found['name'] or found['issue']}  {found['version']}: {found['tree'].get('value') or found['rule']}"
    for child in found["tree"].get("children", []):
        yield from _component(child, "  ")
    if len(found["says"]) > 1:
        yield f"  Its kept events say {len(found['says'])} things:"
        yield from (f"    {one['samples']} x {one['value']}" for one in found["says"])
    yield from (f"  key {one['key']}  {one['kind']}" for one in found["keys"])
    yield from (f"  merged into it: {one['name'] or one['issue']}" for one in found["merged"])
    if found["merged_into"]:
        yield f"  It was merged: its events join {found['merged_into']} now."


def _component(one: Mapping[str, Any], indent: str) -> Iterator[str]:
    mark = "+" if one["contributes"] else "-"
    told = [one["component"], one.get("value", ""), f"({one['hint']})" if one.get("hint") else ""]
    yield f"{indent}{mark} {' '.join(part for part in told if part)}"
    for child in one.get("children", []):
        yield from _component(child, f"{indent}  ")
