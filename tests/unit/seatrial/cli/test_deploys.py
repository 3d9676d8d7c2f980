"""`deploy record`: what is refused before anything is sent."""

import subprocess
from pathlib import Path

import pytest

from seatrial.cli.application import run
from tests.real.process import free_port


def _record(*options: str) -> int:
    return run(["deploy", "record", "shop@1.1.0", "--url", f"http://127.0.0.1:{free_port()}", *options])


def test_a_range_of_commits_is_never_an_option_of_git(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It may come from the name of a branch, and git would write a file."""
    written = tmp_path / "written..HEAD"
    assert _record(f"--commits=--output={written}") == 2
    assert "--commits" in capsys.readouterr().err
    assert not written.exists()


def test_commits_are_read_from_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A good range gets as far as the server, which is not there; another one does not."""
    author = ["-c", "user.name=Ana", "-c", "user.email=ana@shop.example"]
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)  # noqa: S603, S607 - a repository of the test
    subprocess.run(["git", *author, "commit", "--quiet", "--allow-empty", "-m", "first"], cwd=tmp_path, check=True)  # noqa: S603, S607
    monkeypatch.chdir(tmp_path)
    assert _record("--commits", "HEAD") == 1
    assert "seatrial up" in capsys.readouterr().err
    assert _record("--commits", "v1..v2") == 2


@pytest.mark.parametrize("exposure", ["nan", "inf", "-0.1", "1.1"])
def test_a_share_is_from_0_to_1(exposure: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is said, and not sent."""
    assert _record(f"--exposure={exposure}") == 2
    assert "from 0 to 1" in capsys.readouterr().err
