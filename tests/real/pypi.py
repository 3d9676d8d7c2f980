"""Packages from PyPI, in an environment of their own in the cache, installed at the first test that needs them."""

import fcntl
import subprocess
import sys
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".cache" / "pypi"


def install(*packages: str) -> Path:
    """The Python that has the packages, each in the version that the registry gives, and nothing of ours."""
    CACHE.mkdir(parents=True, exist_ok=True)
    python = CACHE / "bin" / "python"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(CACHE)], check=True)  # noqa: S603 - this very Python
        if missing := [name for name in packages if not _has(python, name)]:
            command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *missing]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode:
                message = f"pip could not install {missing}:\n{done.stdout}{done.stderr}"
                raise RuntimeError(message)
    return python


def _has(python: Path, package: str) -> bool:
    command = [str(python), "-c", f"import importlib.metadata as m; m.version({package!r})"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
