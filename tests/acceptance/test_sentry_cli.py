"""The unmodified sentry-cli from npm against a running Seatrial, on both tiers: every command that README names."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.real.installation import Created, Installation, wait_until
from tests.real.sentry_cli import SentryCli, change, clone

RELEASE = "shop@1.4.2"
HUNTED = "hunter2-of-the-pipeline"


def ask(seatrial: Installation, project: Created, path: str, value: Any = None) -> Any:
    """JSON of ours, as who holds the token."""
    body = None if value is None else json.dumps(value).encode()
    headers = {"Authorization": f"Bearer {project.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{seatrial.address}{path}", body, headers)  # noqa: S310 - our own address
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.loads(answer.read())


def test_a_release_from_its_first_commit_to_its_end(seatrial: Installation, tmp_path: Path) -> None:
    """New, set-commits, finalize, a deploy, both lists, info, and delete, as a pipeline calls them."""
    project = seatrial.create_project()
    folder = clone(tmp_path / "clone")
    cli = SentryCli(folder, seatrial.address, project)

    assert "Auth Token" in cli.run("info")
    assert f"Created release {RELEASE}" in cli.run("releases", "new", RELEASE)
    cli.run("releases", "new", RELEASE)
    cli.run("releases", "set-commits", RELEASE, "--local")
    cli.run("releases", "finalize", RELEASE)
    cli.run(
        "deploys", "new", "--release", RELEASE, "--env", "production", "--name", "blue", "--url", "https://ci.example/1"
    )

    def deployed() -> bool:
        return bool(ask(seatrial, project, f"/api/0/organizations/any/releases/{RELEASE}/deploys/"))

    wait_until(deployed, "the deploy is stored")
    listed = cli.run("deploys", "list", "--release", RELEASE)
    assert all(word in listed for word in ("production", "blue"))
    assert RELEASE in cli.run("releases", "list")
    assert cli.run("releases", "list", "--raw").split() == [RELEASE]
    about = cli.run("releases", "info", RELEASE, "--show-projects", "--show-commits")
    assert all(word in about for word in ("shop", RELEASE))

    # What it told is where people look: the deploy stands in the list of releases with both commits.
    (row,) = ask(seatrial, project, "/api/v1/projects/shop/releases?environment=production")["items"]
    assert (row["release"], row["deployed_by"], row["commits"]) == (RELEASE, "sentry-cli", 2)
    told = ask(seatrial, project, f"/api/0/organizations/any/releases/{RELEASE}/commits/")
    assert [one["message"] for one in told] == ["fix: round totals", "feat: a cart"]

    assert f"Deleted release {RELEASE}!" in cli.run("releases", "delete", RELEASE)
    assert "Did nothing" in cli.run("releases", "delete", RELEASE)
    cli.run("releases", "info", RELEASE, code=1)
    assert cli.run("releases", "list", "--raw").split() == []


def test_commits_of_the_next_release_are_those_since_the_last(seatrial: Installation, tmp_path: Path) -> None:
    """`--auto` without a repository of ours goes on from the last commit of the release before."""
    project = seatrial.create_project()
    folder = clone(tmp_path / "clone")
    cli = SentryCli(folder, seatrial.address, project)
    cli.run("releases", "set-commits", "shop@1", "--auto")
    last = change(folder, "tax.py", "rate = 0.2\n", "feat: tax")
    cli.run("releases", "set-commits", "shop@2", "--auto")
    told = ask(seatrial, project, "/api/0/organizations/any/releases/shop@2/commits/")
    assert [one["id"] for one in told] == [last]


def test_commits_by_reference_of_a_repository_that_was_told_of(seatrial: Installation, tmp_path: Path) -> None:
    """`--commit REPOSITORY@A..B` needs no clone: the last commit is known by its name; `--clear` takes it back."""
    project = seatrial.create_project()
    ask(seatrial, project, "/api/0/organizations/seatrial/repos/", {"name": "acme/shop"})
    cli = SentryCli(tmp_path, seatrial.address, project)
    assert "acme/shop" in cli.run("repos", "list")
    first, last = "a" * 40, "b" * 40
    cli.run("releases", "set-commits", "shop@3", "--commit", f"acme/shop@{first}..{last}")
    told = ask(seatrial, project, "/api/0/organizations/any/releases/shop@3/commits/")
    assert [(one["id"], one["repository"]["name"]) for one in told] == [(last, "acme/shop")]
    cli.run("releases", "set-commits", "shop@3", "--clear")
    assert ask(seatrial, project, "/api/0/organizations/any/releases/shop@3/commits/") == []


def test_an_event_that_it_sends_is_counted_in_its_release(seatrial: Installation, tmp_path: Path) -> None:
    """`send-event` is stored, without the secrets of the whole environment that it ships along."""
    project = seatrial.create_project()
    cli = SentryCli(tmp_path, seatrial.address, project)
    message = ("--message", "the nightly job failed", "--release", RELEASE)
    said = cli.run("send-event", *message, DATABASE_PASSWORD=HUNTED)
    event_id = said.rpartition("Event id:")[2].split()[0]

    def stored() -> Any:
        ledger = ask(seatrial, project, "/api/v1/projects/shop/ledger")
        return ledger["error"]["stored"] == 1

    wait_until(stored, "the event is stored")
    found = ask(seatrial, project, f"/api/v1/projects/shop/events/{event_id}")
    assert (found["fate"], found["release"]) == ("stored", RELEASE)
    assert HUNTED not in json.dumps(found)
    (row,) = ask(seatrial, project, "/api/0/organizations/any/releases/")
    assert (row["version"], row["newGroups"]) == (RELEASE, 1)


def test_versions_and_environments_of_all_kinds(seatrial: Installation, tmp_path: Path) -> None:
    """One that begins with a dash, one with what an address must encode; a deploy needs a release that is known."""
    project = seatrial.create_project()
    cli = SentryCli(tmp_path, seatrial.address, project)
    for version in ("-dash", "shop@1.0+build#7?a:ü"):
        cli.run("releases", "new", "--", version)
        cli.run("releases", "finalize", "--", version)
        cli.run("releases", "info", "--", version)
    assert "Release not found" in cli.run("deploys", "new", "--release", "unknown", "--env", "production", code=1)


def test_a_wrong_project_or_token_is_refused_with_a_reason(seatrial: Installation, tmp_path: Path) -> None:
    """The reason that Seatrial gives is what sentry-cli prints."""
    project, other = seatrial.create_project(), seatrial.create_project("other")
    cli = SentryCli(tmp_path, seatrial.address, project)
    said = cli.run("releases", "new", RELEASE, code=1, SENTRY_PROJECT="other")
    assert "The token is not of the project 'other'" in said
    said = cli.run("releases", "new", RELEASE, code=1, SENTRY_AUTH_TOKEN=f"not-{project.token}")
    assert "The token is not known" in said
    strangers = SentryCli(tmp_path, seatrial.address, other)
    cli.run("releases", "new", RELEASE)
    assert strangers.run("releases", "list", "--raw").split() == []
    strangers.run("releases", "info", RELEASE, code=1)
