"""The unmodified `sentry-cli` from npm, pointed at an installation of ours."""

import os
import subprocess
from pathlib import Path

from tests.real import npm
from tests.real.installation import Created


class SentryCli:
    """Runs in a folder, with the five variables that its documentation names and nothing else of ours."""

    def __init__(self, folder: Path, address: str, project: Created) -> None:
        self._program = npm.install("@sentry/cli") / ".bin" / "sentry-cli"
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SENTRY_URL": address,
            "SENTRY_ORG": "seatrial",
            "SENTRY_PROJECT": project.project,
            "SENTRY_AUTH_TOKEN": project.token,
            "SENTRY_DSN": project.dsn,
        }

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """What it prints; fails if it leaves with another ``code``."""
        done = subprocess.run(  # noqa: S603 - the command under test
            [str(self._program), *arguments],
            env=self._environment | environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{arguments} left with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def clone(folder: Path, remote: str = "https://git.example/acme/shop.git") -> Path:
    """A repository with two commits; in the second, ``cart.py`` is changed."""
    folder.mkdir()
    git = ("git", "-C", str(folder))
    for command in (
        ("init", "--quiet"),
        ("config", "user.name", "Ann"),
        ("config", "user.email", "ann@example.com"),
        ("remote", "add", "origin", remote),
    ):
        subprocess.run([*git, *command], check=True)  # noqa: S603 - git itself
    for text, message in (("total = 1\n", "feat: a cart"), ("total = 2\n", "fix: round totals")):
        change(folder, "cart.py", text, message)
    return folder


def change(folder: Path, path: str, text: str, message: str) -> str:
    """Commit a file; the commit's id."""
    (folder / path).write_text(text)
    git = ("git", "-C", str(folder))
    subprocess.run([*git, "add", path], check=True)  # noqa: S603 - git itself
    subprocess.run([*git, "commit", "--quiet", "--message", message], check=True)  # noqa: S603 - git itself
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)  # noqa: S603
    return head.stdout.strip()
