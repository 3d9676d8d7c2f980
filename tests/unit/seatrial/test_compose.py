"""docker-compose.yml, as far as it can be checked without a container engine."""

import json
import re
import shlex
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml

from seatrial.cli import application
from seatrial.cli.serving import parse_roles
from seatrial.settings import load

ROOT = Path(__file__).parents[3]
UNCHECKED = (
    "docker-compose.yml: checked against the compose specification's schema, commands and settings by our own code;"
    " NOT checked, for want of a container engine: that the images exist and build, the health checks, the start order"
)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text()
    defaulted = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
    loaded: dict[str, Any] = yaml.safe_load(defaulted)
    return loaded


def test_it_follows_the_compose_specification(compose: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """The schema is the one that `check-jsonschema` ships."""
    schema = files("check_jsonschema.builtin_schemas").joinpath("vendor/compose-spec.json").read_text()
    jsonschema.validate(compose, json.loads(schema))
    with capsys.disabled():
        print(f"\n{UNCHECKED}")  # noqa: T201 - a run says what it leaves unchecked


def test_every_role_runs_and_the_consumers_twice(compose: dict[str, Any]) -> None:
    """All of api, consumers, evaluator and actions, and the migration before them."""
    roles = [
        role
        for service in ours(compose).values()
        if service["command"][0] == "serve"
        for role in service["command"][1:]
    ]
    assert sorted(roles) == ["actions", "api", "consumers", "evaluator"]
    assert compose["services"]["consumers"]["deploy"]["replicas"] == 2
    for name, service in ours(compose).items():
        needs = service["depends_on"]
        assert (
            ("kafka" in needs)
            if name == "migrate"
            else needs["migrate"]["condition"] == "service_completed_successfully"
        )


def test_every_command_is_understood_by_the_command_line(compose: dict[str, Any]) -> None:
    """Parsed by the real parser, and not run."""
    application._add_commands()
    group = typer.main.get_command(application.app)
    for service in ours(compose).values():
        command = service["command"]
        context = group.make_context("seatrial", list(command))
        words = [*context._protected_args, *context.args]
        name, found, rest = group.resolve_command(context, words)  # type: ignore[attr-defined]
        parsed = found.make_context(name, rest, parent=context)
        if name == "serve":
            assert parse_roles(list(parsed.params["roles"]))


def test_every_environment_is_understood_by_the_settings(compose: dict[str, Any]) -> None:
    """On Kafka and PostgreSQL, at addresses of services that are there."""
    for service in ours(compose).values():
        settings = load({}, service["environment"])
        assert not settings.embedded
        assert settings.log_address == "kafka://kafka:9092"
        assert "@postgres:5432/" in settings.store_address


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    """Where it asks over HTTP, it asks at the port that the settings open."""
    for name, service in compose["services"].items():
        if name == "migrate":
            continue
        test = " ".join(service["healthcheck"]["test"])
        if name in ours(compose):
            environment = service["environment"]
            port = environment.get("SEATRIAL_METRICS_LISTEN", environment.get("SEATRIAL_LISTEN", "")).rpartition(":")[2]
            assert f"127.0.0.1:{port}/" in test


def test_what_must_outlive_a_container_lies_in_a_volume(compose: dict[str, Any]) -> None:
    """Kafka's log, PostgreSQL's data, and the spool of the api."""
    mounted = {name: service.get("volumes", []) for name, service in compose["services"].items()}
    assert {volume.partition(":")[0] for volumes in mounted.values() for volume in volumes} == set(compose["volumes"])
    assert mounted["kafka"]
    assert mounted["postgres"]
    api = compose["services"]["api"]
    (place,) = (volume.partition(":")[2] for volume in mounted["api"])
    assert api["environment"]["SEATRIAL_SPOOL"].startswith(f"{place}/")


def test_the_image_copies_every_room() -> None:
    """Each package of the wheel is in the Dockerfile, and its command is ours."""
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    copied = {shlex.split(line)[1] for line in text.splitlines() if line.startswith("COPY") and "--from" not in line}
    assert {"models", "analytics", "actions", "consumers", "api", "seatrial", "requirements.lock"} <= copied
    assert 'ENTRYPOINT ["seatrial"]' in text


def ours(compose: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in compose["services"].items() if one["image"].startswith("seatrial:")}
