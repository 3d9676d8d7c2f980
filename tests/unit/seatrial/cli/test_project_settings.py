"""`project settings`: what it says of a file, before anything is applied, and how it shows one."""

import json
from pathlib import Path

import pytest

from seatrial.cli.application import run
from seatrial.cli.project_settings import as_file


def test_a_good_file_is_said_to_be_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also as JSON, for scripts."""
    file = tmp_path / "settings.toml"
    file.write_text("[quotas]\nerror = 1")
    assert run(["project", "settings", "validate", str(file)]) == 0
    assert capsys.readouterr().out == f"{file} has a project's settings.\n"
    assert run(["project", "settings", "validate", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"schema": "settings-check.v1", "file": str(file), "valid": True}


def test_a_bad_file_is_told_with_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And is bad usage; it is not sent anywhere."""
    file = tmp_path / "settings.toml"
    file.write_text("[quotas]\nerror = 'many'")
    for command in (["validate"], ["apply", "shop"]):
        assert run(["project", "settings", *command, str(file)]) == 2
        assert f"{file}: quotas.error: 'many' is no number" in capsys.readouterr().err


def test_settings_that_go_round_have_one_version() -> None:
    """Shown, applied and shown again, they do not grow; a person's own comment stays."""
    first = as_file(1, "# ours\n[quotas]\nerror = 1\n")
    assert first == "# settings, version 1\n# ours\n[quotas]\nerror = 1"
    assert as_file(2, first) == "# settings, version 2\n# ours\n[quotas]\nerror = 1"
    assert as_file(0, None) == "# settings, version 0\n# the defaults: none were applied yet"
