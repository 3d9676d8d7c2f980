"""`policy validate`: what it says of a file, before anything is applied."""

import json
from pathlib import Path

import pytest

from models.domain.policy import Policy
from seatrial import policy_documents
from seatrial.cli.application import run
from seatrial.cli.policies import as_file
from seatrial.failures import Failure

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


def test_two_files_are_compared_without_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each difference with its direction, and what it means."""
    before, after = tmp_path / "before.toml", tmp_path / "after.toml"
    before.write_text(SHOWN)
    after.write_text('name = "careful"\nmargin = 0.1\n\n[webhook]\nurl = "https://other.internal/"\n')
    assert run(["policy", "diff", str(before), str(after)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "looser    margin: 0.05 → 0.1",
        "          An issue is called worse, and a release, only beyond 10 % more than its baseline, not 5 %.",
        "other     webhook.url: https://deployer.internal/ → https://other.internal/",
        "          Rollbacks, holds and faults are told to https://other.internal/.",
    ]


def test_a_difference_is_json_for_scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what either document says there."""
    before, after = tmp_path / "before.toml", tmp_path / "after.toml"
    before.write_text("")
    after.write_text('mode = "observe"')
    assert run(["policy", "diff", str(before), str(after), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["from"], told["to"]) == ("policy-diff.v1", str(before), str(after))
    (one,) = told["differences"]
    assert (one["key"], one["direction"], one["before"], one["after"]) == ("mode", "looser", "recommend", "observe")


def test_no_difference_is_said_beside_the_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list is empty, and the exit code 0."""
    file = tmp_path / "policy.toml"
    file.write_text(SHOWN)
    assert run(["policy", "diff", str(file), str(file)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "asks for what" in captured.err


@pytest.mark.parametrize("since", ["soon", "90", "-3d", "2026-13-01"])
def test_a_backtest_asks_for_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str], since: str) -> None:
    """And shows how one is written, before any server is asked."""
    file = tmp_path / "policy.toml"
    file.write_text("")
    assert run(["policy", "backtest", str(file), f"--since={since}"]) == 2
    assert "90d" in capsys.readouterr().err


def test_a_policy_in_force_is_understood_as_it_is_shown() -> None:
    """Its secret is masked, and where none was applied there is no document."""
    shown = SHOWN + 'secret = "whsec_…"\n'
    found = policy_documents.in_force({"document": shown, "version": 2})
    assert found.title == "careful@2"
    assert found.webhook is not None
    assert policy_documents.in_force({"document": None, "version": 0}) == Policy()


def test_a_policy_of_a_newer_version_is_said_to_be_one() -> None:
    """Nothing is compared with what is not understood."""
    with pytest.raises(Failure, match="upgrade `seatrial` here"):
        policy_documents.in_force({"document": "new_key = 1", "version": 2})
