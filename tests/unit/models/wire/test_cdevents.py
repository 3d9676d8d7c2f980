"""models/wire/cdevents.py."""

from typing import Any

import pytest

from models.wire.cdevents import NotADeploy, deploy, is_foreign, release_of


def cdevent(predicate: str = "deployed", **content: Any) -> dict[str, Any]:
    content = {"environment": {"id": "production"}, "artifactId": "pkg:oci/shop@1.5.0"} | content
    context = {"id": "c1", "type": f"dev.cdevents.service.{predicate}.0.2.0", "timestamp": "2026-08-29T12:00:00Z"}
    return {"context": context, "subject": {"id": "service/shop", "content": content}}


def github(state: str, **status: Any) -> dict[str, Any]:
    told = {
        "state": state,
        "environment": "staging",
        "created_at": "2026-08-29T12:00:00Z",
        "target_url": "https://ci/1",
    }
    return {
        "deployment_status": told | status,
        "deployment": {"id": 42, "ref": "shop@1.5.0", "environment": "production"},
    }


@pytest.mark.parametrize("predicate", ["deployed", "upgraded", "rolledback"])
def test_a_service_event_is_a_deploy_that_succeeded(predicate: str) -> None:
    """Of the artifact that runs now, in the environment it names, also after a rollback."""
    assert deploy(cdevent(predicate)) == {
        "id": "c1",
        "environment": "production",
        "release": "shop@1.5.0",
        "state": "succeeded",
        "at": "2026-08-29T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ("pending", "started"),
        ("in_progress", "started"),
        ("success", "succeeded"),
        ("failure", "failed"),
        ("error", "failed"),
    ],
)
def test_a_deployment_status_is_a_state_of_its_deployment(given: str, state: str) -> None:
    """GitHub's words for the states, its deployment's number as the id."""
    assert deploy(github(given)) == {
        "id": "42",
        "environment": "staging",
        "release": "shop@1.5.0",
        "state": state,
        "at": "2026-08-29T12:00:00Z",
        "url": "https://ci/1",
    }


@pytest.mark.parametrize(
    "value",
    [
        cdevent("removed"),
        {"context": {"type": "dev.cdevents.pipelinerun.finished.0.2.0"}},
        {"context": {"type": "dev.cdevents"}},
        {"context": {}},
        github("inactive"),
        {"deployment_status": {}},
    ],
)
def test_what_is_no_deploy_says_so(value: dict[str, Any]) -> None:
    """With the place in the message, for the dead letter."""
    with pytest.raises(NotADeploy, match=r"^\$\."):
        deploy(value)


@pytest.mark.parametrize("content", [{"environment": None}, {"environment": {"id": ""}}, {"environment": "prod"}])
def test_an_environment_that_is_not_told_is_production(content: dict[str, Any]) -> None:
    """As everywhere else, and whatever stands in its place."""
    assert deploy(cdevent(**content))["environment"] == "production"


def test_the_environment_is_the_last_part_of_its_address() -> None:
    """CDEvents name it by a path."""
    assert deploy(cdevent(environment={"id": "/cluster/eu/staging"}))["environment"] == "staging"


@pytest.mark.parametrize(
    ("artifact", "release"),
    [
        ("pkg:oci/shop@1.5.0", "shop@1.5.0"),
        ("pkg:npm/%40acme/shop@1.5.0?vcs=git#src", "shop@1.5.0"),
        ("pkg:oci/shop@sha256%3Aabc?tag=1", "shop@sha256:abc"),
        ("shop@1.5.0", "shop@1.5.0"),
        ("", ""),
    ],
)
def test_the_release_of_an_artifact(artifact: str, release: str) -> None:
    """Name and version of a package address; any other text is a release as it is."""
    assert release_of(artifact) == release


def test_foreign_events_are_told_from_ours() -> None:
    """By their shape: CDEvents have a context, GitHub's a deployment_status."""
    assert is_foreign(cdevent())
    assert is_foreign(github("success"))
    assert not is_foreign({"project": "shop", "release": "shop@1.5.0", "context": "text"})


@pytest.mark.parametrize(
    ("ref", "release"),
    [
        ("v1.5.0", "v1.5.0"),
        ("shop@1.5.0", "shop@1.5.0"),
        ("main", "a1f3c9e"),
        ("release/1.5", "a1f3c9e"),
        ("", "a1f3c9e"),
    ],
)
def test_a_branch_is_no_release(ref: str, release: str) -> None:
    """It moves: what was deployed is its commit. A tag with a version is the release's name."""
    given = github("success")
    given["deployment"] |= {"ref": ref, "sha": "a1f3c9e"}
    assert deploy(given)["release"] == release
