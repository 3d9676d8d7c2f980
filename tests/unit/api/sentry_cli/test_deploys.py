"""`/api/0/.../deploys/`: a deploy told by sentry-cli goes the way of every deploy."""

import pytest

from models.wire import topics
from tests.unit.api.sentry_cli.conftest import ROOT, Cli

FINISHED = "2026-11-22T23:38:00Z"


def test_a_deploy_is_a_record_with_the_commits_of_its_release(cli: Cli) -> None:
    """On the topic, with their files, as suspects are found by; then it is a fact, and accounted for."""
    files = [{"path": "cart.py", "type": "M"}, {"path": "tax.py", "type": "A"}]
    cli.told("shop@1", commits=[{"id": "c1", "message": "round", "author_name": "Ann", "patch_set": files}])
    told = {"environment": "production", "name": "blue", "url": "https://ci.example/1", "dateFinished": FINISHED}
    shown = cli.call("POST", "/releases/shop@1/deploys/", told, 201)
    assert (shown["environment"], shown["dateFinished"]) == ("production", FINISHED)
    assert cli.serving.values(topics.DEPLOYS) == [
        {
            "project": "shop",
            "environment": "production",
            "release": "shop@1",
            "state": "succeeded",
            "at": FINISHED,
            "url": "https://ci.example/1",
            "name": "blue",
            "by": "sentry-cli",
            "irreversible": False,
            "commits": [{"id": "c1", "message": "round", "author": "Ann", "at": None, "files": ["cart.py", "tax.py"]}],
        }
    ]
    cli.serving.consume()
    assert cli.serving.get("/releases")["items"][0]["deployed_by"] == "sentry-cli"
    assert cli.serving.get("/ledger")["deploy"]["stored"] == 1


def test_the_same_deploy_told_again_is_one(cli: Cli) -> None:
    """208 once it is known; told twice before that, it is a duplicate in the ledger."""
    cli.told("shop@1")
    told = {"environment": "production", "dateFinished": FINISHED}
    for _ in range(2):
        cli.call("POST", "/releases/shop@1/deploys/", told, 201)
    cli.serving.consume()
    cli.call("POST", "/releases/shop@1/deploys/", told, 208)
    assert [one["dateFinished"] for one in cli.call("GET", "/releases/shop@1/deploys/")] == [FINISHED]


def test_without_a_time_a_deploy_is_finished_now(cli: Cli) -> None:
    """As Sentry has it; sentry-cli breaks on a deploy without one."""
    cli.told("shop@1")
    assert cli.call("POST", "/releases/shop@1/deploys/", {"environment": "staging"}, 201)["dateFinished"]


@pytest.mark.parametrize("environment", ["", "none", "a/b", "x" * 65])
def test_what_can_be_no_environment_is_refused(cli: Cli, environment: str) -> None:
    """At most 64 characters, without slashes."""
    cli.told("shop@1")
    cli.call("POST", "/releases/shop@1/deploys/", {"environment": environment}, 400)
    assert cli.serving.values(topics.DEPLOYS) == []


def test_a_deploy_of_another_project_is_refused(cli: Cli) -> None:
    """The token says of which project it is."""
    cli.told("shop@1")
    told = {"environment": "production", "projects": ["other"]}
    assert cli.client.post(f"{ROOT}/releases/shop@1/deploys/", json=told).status_code == 403


def test_a_deploy_of_a_very_large_release_fits_into_the_log(cli: Cli) -> None:
    """A thousand commits of a hundred long paths: the deploy carries as many as the log takes, the release has all."""
    paths = [{"path": f"{'deep/' * 30}{number}.py"} for number in range(100)]
    commits = [{"id": f"{number:040x}", "message": "m" * 300, "patch_set": paths} for number in range(250)]
    cli.told("shop@1", commits=commits)
    cli.call("POST", "/releases/shop@1/deploys/", {"environment": "production"}, 201)
    (value,) = cli.serving.values(topics.DEPLOYS)
    assert [one["id"] for one in value["commits"]] == [one["id"] for one in commits[: len(value["commits"])]]
    assert 0 < len(value["commits"]) < 250
    assert len(cli.call("GET", "/releases/shop@1/commits/")) == 250
