"""A running Seatrial: `seatrial up` as a process of its own, on the embedded default or on Kafka and PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine

from models.store.engine import open_engine
from seatrial.settings import Settings, load
from tests.real.process import LOOPBACK, Server, free_port

DEADLINE_SECONDS = 60.0
LOOK_SECONDS = 0.02
ROOT = Path(__file__).parents[2]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Created:
    """A project as `seatrial project create --json` prints it."""

    project: str
    number: int
    dsn: str
    token: str
    store: str


class Installation:
    """One data folder, one port, one set of addresses, over `start`, `stop` and `kill`."""

    def __init__(
        self,
        folder: Path,
        log: str = "",
        store: str = "",
        command: Sequence[str] = ("up",),
        more: Mapping[str, str] | None = None,
    ) -> None:
        """``more`` are further settings, as environment variables."""
        self._folder = folder
        self._command = command
        port = free_port()
        told = {"SEATRIAL_DATA": str(folder / "data"), "SEATRIAL_LISTEN": f"{LOOPBACK}:{port}"}
        told |= {"SEATRIAL_LOG": log, "SEATRIAL_STORE": store, "SEATRIAL_MEMBER": "tests"}
        self.environment = {name: value for name, value in told.items() if value} | dict(more or {})
        self.settings: Settings = load({}, self.environment)
        self.address = self.settings.server
        self.output = folder / "output.log"
        self._pids: list[int] = []
        line = [sys.executable, "-m", "seatrial", *command]
        self._server = Server(line, self._is_up, self.output, env=os.environ | self.environment, cwd=folder)

    def start(self) -> None:
        """Returns once it says that it is ready; a role without HTTP, once it started."""
        self._said_before = self._said()
        self._server.start()

    def stop(self) -> None:
        """An orderly end: what was accepted is in the log."""
        self._server.end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the process and to all that it started, at once."""
        pids = [self._server.pid, *children(self._server.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self._server.end(signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in pids), "the killed processes are gone")

    @property
    def pid(self) -> int:
        return self._server.pid

    def run(self, *arguments: str) -> str:
        """A command line of ours on this installation; what it prints."""
        command = [sys.executable, "-m", "seatrial", *arguments]
        done = subprocess.run(  # noqa: S603 - our own command
            command, env=os.environ | self.environment, cwd=self._folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments} left with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def create_project(self, name: str = "shop") -> Created:
        told: dict[str, Any] = json.loads(self.run("project", "create", name, "--json"))
        return Created(**told)

    def engine(self) -> Engine:
        """The store, for assertions. Dispose of it."""
        return open_engine(self.settings.store_address)

    def _said(self) -> int:
        return self.output.read_bytes().count(self._mark()) if self.output.exists() else 0

    def _mark(self) -> bytes:
        return b"ready http" if "up" in self._command else b"roles.started"

    def _is_up(self) -> bool:
        return self._said() > self._said_before


def wait_until(condition: Callable[[], object], what: str, seconds: float = DEADLINE_SECONDS) -> None:
    """Wait for a condition; fail with its name if it never comes."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(LOOK_SECONDS)


def wait_for(read: Callable[[], T], expected: T, seconds: float = DEADLINE_SECONDS) -> None:
    """Wait until ``read`` gives ``expected``; then a moment longer, to see that it does not go past it."""
    deadline = time.monotonic() + seconds
    while (found := read()) != expected and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found == expected, f"{found} is not {expected}"


def children(pid: int) -> list[int]:
    """The processes that a process started, and theirs (Linux)."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            direct = [int(number) for number in task.read_text().split()]
        except OSError:
            continue
        found += direct + [one for child in direct for one in children(child)]
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
