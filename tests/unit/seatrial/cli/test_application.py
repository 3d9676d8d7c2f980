"""How the command line fails: a sentence that says what to do, and the right exit code."""

from importlib.metadata import version
from pathlib import Path

import pytest

from seatrial.cli.application import run
from tests.real.process import free_port


def test_bad_usage_leaves_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown command, an unknown role, an unknown label."""
    assert run(["rlease"]) == 2
    assert run(["serve", "apy"]) == 2
    assert run(["decision", "label", "d-1", "good", "--reason", "x", "--project", "shop"]) == 2
    assert "false_alarm" in capsys.readouterr().err
    assert run(["release", "gate", "shop@1", "--on-unknown", "maybe"]) == 2


def test_no_server_is_said_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """The client commands name `seatrial up` when nothing answers."""
    assert run(["release", "gate", "shop@1", "--url", f"http://127.0.0.1:{free_port()}"]) == 1
    assert "seatrial up" in capsys.readouterr().err


def test_a_release_without_a_package_asks_for_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    """A bare version does not say whose it is."""
    assert run(["release", "gate", "1.4.2"]) == 2
    assert "--project" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`replay` of nothing."""
    assert run(["replay", str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl" in capsys.readouterr().err


def test_config_prints_every_setting_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts: name, value, origin and meaning."""
    assert run(["config", "--json"]) == 0
    assert '"SEATRIAL_DATA": {"value":' in capsys.readouterr().out


def test_a_label_needs_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty one tells nobody anything."""
    assert run(["decision", "label", "d-1", "correct", "--reason", " ", "--project", "shop"]) == 2
    assert "say why" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["issue list", "feedback themes", "decision view", "policy show", "release list"])
def test_a_command_without_a_release_does_not_speak_of_it(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its project comes from elsewhere."""
    assert run([*command.split(), "--help"]) == 0
    assert "before @" not in capsys.readouterr().out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """For whoever reports a fault."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"seatrial {version('seatrial')}\n"


@pytest.mark.parametrize("command", [["up"], ["project", "create", "shop"], ["demo"], ["doctor"]])
@pytest.mark.parametrize("below", ["", "sub"])
def test_a_folder_that_cannot_be_one_is_named(
    command: list[str], below: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file is in its place, or in its way."""
    (tmp_path / "file").write_text("")
    listen = [] if command == ["doctor"] else ["--listen", f"127.0.0.1:{free_port()}"]
    assert run([*command, "--data", str(tmp_path / "file" / below), *listen]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "file") in said
    assert "--data" in said
