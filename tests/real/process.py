"""A server of someone else's, run as a child process for tests and benchmarks."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
LOOK_SECONDS = 0.02
START_SECONDS = 60
STOP_SECONDS = 30


class Missing(Exception):
    """A server that the tests need is not installed here."""


def free_port() -> int:
    """A port of the loopback that nothing listened on just now."""
    with closing(socket.socket()) as one:
        one.bind((LOOPBACK, 0))
        return int(one.getsockname()[1])


class Server:
    """One server process with its output in a file; up once ``ready`` says so."""

    def __init__(self, command: Sequence[str], ready: Callable[[], bool], output: Path, **options: Any) -> None:
        self._command = command
        self._ready = ready
        self._output = output
        self._options: Mapping[str, Any] = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - commands of our own
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._options,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.end(signal.SIGKILL)
                tail = self._output.read_text(errors="replace")[-3_000:]
                message = f"{self._command[0]} did not start; it said:\n{tail}"
                raise RuntimeError(message)
            time.sleep(LOOK_SECONDS)

    def signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def end(self, number: int) -> None:
        """Send a signal that ends the process and those it started, and wait until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        _signal_all(process, number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _signal_all(process, signal.SIGKILL)
            process.wait()

    @property
    def pid(self) -> int:
        if self._process is None:
            message = "the server is not running"
            raise RuntimeError(message)
        return self._process.pid


def accepts(port: int) -> bool:
    """Whether something listens on a port of the loopback."""
    with closing(socket.socket()) as one:
        one.settimeout(1)
        return one.connect_ex((LOOPBACK, port)) == 0


def _signal_all(process: subprocess.Popen[bytes], number: int) -> None:
    """To the whole process group: some servers are a script that starts the real one."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
