"""`policy validate`: what it says of a file, before anything is applied."""

import json
from pathlib import Path

import pytest

from seatrial.cli.application import run
from seatrial.cli.policies import as_file

SHOWN = '# careful@2\nname = "careful"\n\n[webhook]\nurl = "https://deployer.internal/"\n'


def test_a_policy_as_shown_asks_for_its_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`policy show` masks it; the file says neither the secret nor that it may stay."""
    file = tmp_path / "policy.toml"
    file.write_text(SHOWN + 'secret = "whsec_…"\n')
    assert run(["policy", "validate", str(file)]) == 2
    assert "leave `secret` out to keep the stored one" in capsys.readouterr().err


def test_a_secret_may_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the server knows whether there is one to keep, so that is said beside the result."""
    file = tmp_path / "policy.toml"
    file.write_text(SHOWN)
    assert run(["policy", "validate", str(file)]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{file} is a policy.\n"
    assert "it keeps the one of the policy in force" in captured.err


def test_a_check_is_one_json_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts."""
    file = tmp_path / "policy.toml"
    file.write_text("")
    assert run(["policy", "validate", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"schema": "policy-check.v1", "file": str(file), "valid": True, "keeps_secret": False}


def test_a_policy_that_goes_round_has_one_title() -> None:
    """Shown, applied and shown again, it does not grow; a person's own comment stays."""
    first = as_file("default@1", '# ours\nmode = "observe"\n')
    assert first == '# default@1\n# ours\nmode = "observe"'
    assert as_file("default@2", first) == '# default@2\n# ours\nmode = "observe"'
    assert as_file("default@0", None) == "# default@0\n# the defaults: none was applied yet"
