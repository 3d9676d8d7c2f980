"""README's sections on SDKs and on sentry-cli, tried to the letter: what stands there is what is run."""

import os
import re
import subprocess
from pathlib import Path

from tests.real import npm
from tests.real.installation import Created, Installation, wait_until
from tests.real.programs import command
from tests.real.sentry_cli import clone

README = Path(__file__).parents[2] / "README.md"


def blocks(heading: str, language: str = "") -> list[str]:
    """The fenced blocks of a section."""
    section = README.read_text().partition(f"### {heading}\n")[2].partition("\n### ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


def filled(text: str, seatrial: Installation, project: Created) -> str:
    """With what a reader puts in: the printed DSN and token, and where Seatrial is."""
    return (
        text.replace("<dsn>", project.dsn)
        .replace("<token>", project.token)
        .replace("http://127.0.0.1:8321", seatrial.address)
    )


def stored(seatrial: Installation, project: Created) -> int:
    """How many errors of README's release are stored."""
    said = seatrial.run("issue", "list", "--release", "shop@1.5.0", "--project", project.project)
    return sum("an error of the reader" in line for line in said.splitlines())


def test_an_sdk_is_pointed_here_as_it_says(seatrial: Installation, tmp_path: Path) -> None:
    """Python and Node: what is shown, and then an error."""
    project = seatrial.create_project()
    (python,), (node,) = blocks("Point your SDK here", "python"), blocks("Point your SDK here", "js")
    script = tmp_path / "reader.py"
    script.write_text(filled(python, seatrial, project) + '\nraise KeyError("an error of the reader of Python")\n')
    subprocess.run([command("script.py")[0], str(script)], check=False, capture_output=True)  # noqa: S603
    npm.install("@sentry/node")
    other = npm.CACHE / "reader.cjs"
    other.write_text(filled(node, seatrial, project) + '\nthrow new RangeError("an error of the reader of Node");\n')
    subprocess.run(["node", str(other)], check=False, capture_output=True)  # noqa: S603, S607
    wait_until(lambda: stored(seatrial, project) == 2, "both errors are stored")


def test_sentry_cli_is_used_as_it_says(seatrial: Installation, tmp_path: Path) -> None:
    """Every line of it in one shell that stops at the first that fails, in a clone."""
    project = seatrial.create_project()
    whole = "\n".join(filled(text, seatrial, project) for text in blocks("Use your sentry-cli"))
    assert whole.count("\nsentry-cli ") >= 9
    binaries = npm.install("@sentry/cli") / ".bin"
    environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-e", "-c", whole],
        cwd=clone(tmp_path / "clone"),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(
        said in done.stdout + done.stderr
        for said in ("Created release shop@1.5.0", "Finalized release", "Event dispatched", "Deleted release")
    )
