"""What an installation brings: our six packages with their data, and nobody else's of the same name."""

import re
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"models", "analytics", "actions", "consumers", "api", "seatrial"}
DATA = {".html", ".jinja", ".css", ".js", ".svg", ".json", ".toml", ".mako"}
LOCKS = ["requirements.lock", "requirements-dev.lock"]
HASHED = re.compile(r"[a-z0-9._-]+==[^\s;]+( ; .+?)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built without network by the build tool that is installed with the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(  # noqa: S603 - a command of our own
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_installs_the_six_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Tests, benchmarks and scripts stay in the repository."""
    tops = {name.split("/")[0] for name in wheel.namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_the_wheel_has_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    """Modules, migrations, templates and schemas that work in a checkout are there in an installation."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if "__pycache__" not in path.parts]
    wanted = {path.relative_to(ROOT).as_posix() for path in files if path.suffix in DATA | {".py"}}

    assert wanted - set(wheel.namelist()) == set()


def test_the_wheel_brings_the_command(wheel: zipfile.ZipFile) -> None:
    """`seatrial` is there after an installation."""
    name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))

    assert "seatrial = seatrial.cli:main" in wheel.read(name).decode()


def test_no_dependency_has_a_package_of_our_names() -> None:
    """`models` and `api` are plain words: whoever else installs them would be imported instead of ours, or break."""
    owners = packages_distributions()

    foreign = {name: set(owners.get(name, [])) - {"seatrial"} for name in PACKAGES}
    assert {name: owner for name, owner in foreign.items() if owner} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_dependency_has_hashes_and_nothing_has_an_address(lock: str) -> None:
    """Whoever installs gets what was tested, from the index of their own choice."""
    text = (ROOT / lock).read_text()
    entries = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))

    assert HASHED.sub("", entries) == ""
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_both_locks_name_the_same_versions() -> None:
    """The tests run what the product runs."""
    runtime, development = (
        set(re.findall(r"^[a-z0-9._-]+==\S+", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS
    )

    assert runtime - development == set()
