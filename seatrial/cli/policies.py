"""`policy show | validate | diff | apply`: what a project asks for."""

import re
from pathlib import Path
from typing import Annotated

import typer

from seatrial.cli.application import app
from seatrial.cli.options import Json, ProjectAlone, Token, Url, print_json, say, settings_of, tell

policies = typer.Typer(help="The policy.", no_args_is_help=True)
app.add_typer(policies, name="policy")

TITLES = re.compile(r"\A(?:# [\w.-]+@[0-9]+\r?\n)+")
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
    from seatrial import policy_documents

    found = policy_documents.read(file)
    if as_json:
        told = {"schema": "policy-check.v1", "file": str(file), "valid": True, "keeps_secret": found.keeps_secret}
        print_json(told)
        return
    say(f"{file} is a policy.")
    if found.keeps_secret:
        tell("Its webhook leaves the secret out: applied, it keeps the one of the policy in force, if that has one.")


@policies.command()
def diff(
    file: File,
    other: Annotated[
        Path | None, typer.Argument(help="What FILE would become; without it, FILE is held against the one in force.")
    ] = None,
    project: ProjectAlone = None,
    url: Url = None,
    token: Token = None,
    as_json: Json = False,
) -> None:
    """What changes from the policy in force to FILE, or from FILE to OTHER, and whether that is stricter."""
    from dataclasses import asdict

    from analytics.reports.policy_diff import differences
    from seatrial import policy_documents
    from seatrial.client import Client, project_of

    after = policy_documents.read(other or file).policy
    if other is not None:
        before, names = policy_documents.read(file).policy, (str(file), str(other))
    else:
        settings = settings_of(project=project, url=url, token=token)
        with Client(settings, project_of(settings)) as client:
            before = policy_documents.in_force(client.get("/policy"))
        names = (before.title, str(file))
    found = differences(before, after)
    if as_json:
        changes = [asdict(one) for one in found]
        print_json({"schema": "policy-diff.v1", "from": names[0], "to": names[1], "differences": changes})
        return
    for one in found:
        said = " → ".join("—" if value is None else str(value) for value in (one.before, one.after))
        say(f"{one.direction:<8}  {one.key}: {said}")
        say(f"          {one.sentence}")
    if not found:
        tell(f"{names[1]} asks for what {names[0]} asks for.")


@policies.command()
def apply(
    file: File, project: ProjectAlone = None, url: Url = None, token: Token = None, as_json: Json = False
) -> None:
    """Make a policy file the one in force, as a new version."""
    from seatrial import policy_documents
    from seatrial.client import Client, project_of

    text = policy_documents.read(file).text
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
