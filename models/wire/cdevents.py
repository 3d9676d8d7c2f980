"""Delivery events in other dialects, read as our deploy message.

CDEvents ``dev.cdevents.service.*`` 0.4 and 0.5 (https://github.com/cdevents/spec) and GitHub's ``deployment_status``.
Unknown versions are read by the fields they share.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

SERVICE = "dev.cdevents.service."
STATES = {"deployed": "succeeded", "upgraded": "succeeded", "rolledback": "succeeded"}
"""``rolledback`` names what runs now, so for its artifact it is a deploy that succeeded."""
GITHUB_STATES = {
    "pending": "started",
    "in_progress": "started",
    "success": "succeeded",
    "failure": "failed",
    "error": "failed",
}

VERSION = re.compile(r"[^/]*\d+\.\d+[^/]*")
"""``shop@1.5.0``, ``v1.5``: a tag that names a version; ``main`` and ``release/1.5`` are branches."""


class NotADeploy(ValueError):
    """The event is no deploy. Send service.deployed, service.upgraded or service.rolledback, or a deployment_status."""


def is_foreign(value: Mapping[str, Any]) -> bool:
    """Whether the message is a CDEvent or a GitHub event rather than ours."""
    return isinstance(value.get("context"), dict) or isinstance(value.get("deployment_status"), dict)


def deploy(value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of our deploy message (without ``project``); raises `NotADeploy`."""
    if isinstance(value.get("deployment_status"), dict):
        return _github(value)
    context = value["context"]
    kind = str(context.get("type", ""))
    predicate = kind.removeprefix(SERVICE).partition(".")[0] if kind.startswith(SERVICE) else ""
    if predicate not in STATES:
        message = f"$.context.type: {kind!r} is no deploy: send dev.cdevents.service.deployed, upgraded or rolledback"
        raise NotADeploy(message)
    content = _mapping(_mapping(value.get("subject")).get("content"))
    return {
        "id": context.get("id"),
        "environment": _environment(_mapping(content.get("environment")).get("id")),
        "release": release_of(str(content.get("artifactId", ""))),
        "state": STATES[predicate],
        "at": context.get("timestamp"),
    }


def release_of(artifact: str) -> str:
    """``name@version`` of a package URL (``pkg:oci/shop@1.5.0?tag=x``); any other text as it is."""
    if not artifact.startswith("pkg:"):
        return artifact
    path = artifact.partition("?")[0].partition("#")[0]
    return unquote(path.rpartition("/")[2])


def _github(value: Mapping[str, Any]) -> dict[str, Any]:
    status, deployment = value["deployment_status"], _mapping(value.get("deployment"))
    state = GITHUB_STATES.get(str(status.get("state")))
    if state is None:
        message = f"$.deployment_status.state: {status.get('state')!r} says nothing of a deploy"
        raise NotADeploy(message)
    return {
        "id": str(deployment.get("id", "")) or None,
        "environment": _environment(status.get("environment") or deployment.get("environment")),
        "release": _github_release(deployment),
        "state": state,
        "at": status.get("created_at"),
        "url": status.get("target_url"),
    }


def _github_release(deployment: Mapping[str, Any]) -> str:
    """A tag, as releases are named; of a branch, which moves, the commit that was deployed."""
    ref, commit = str(deployment.get("ref") or ""), str(deployment.get("sha") or "")
    return ref if not commit or VERSION.fullmatch(ref) else commit


def _environment(name: object) -> str:
    return str(name or "").rpartition("/")[2] or "production"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
