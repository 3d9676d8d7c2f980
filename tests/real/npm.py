"""Packages from npm, installed into the cache of this clone at the first test that needs them."""

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

from tests.real.process import Missing

CACHE = Path(__file__).parents[2] / ".cache" / "npm"


def install(*packages: str) -> Path:
    """The ``node_modules`` folder that holds the packages. Raises `Missing` where there is no npm."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        message = "no node and npm here: install them (Debian: apt-get install nodejs npm)"
        raise Missing(message)
    CACHE.mkdir(parents=True, exist_ok=True)
    modules = CACHE / "node_modules"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if missing := [name for name in packages if not (modules / name / "package.json").exists()]:
            command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(CACHE), *missing]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode:
                message = f"npm could not install {missing}:\n{done.stdout}{done.stderr}"
                raise RuntimeError(message)
    return modules


def version(package: str) -> str:
    return str(json.loads((CACHE / "node_modules" / package / "package.json").read_text())["version"])
