"""The processes of the demo: Seatrial itself, and the shop's two releases."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from types import FrameType
from typing import NoReturn

from seatrial.failures import Failure
from seatrial.settings import Settings
from seatrial.supervisor import can_listen

READY_SECONDS = 60.0
STOP_SECONDS = 30.0
LOOK_SECONDS = 0.05


class DidNotStart(Failure):
    """A process of the demo did not start. Its own words are in the file named here."""


class Part:
    """One process, with its errors in a file of the demo's folder."""

    def __init__(self, command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self._log = log
        with log.open("ab") as errors:
            # A session of its own: a Ctrl-C of the terminal is ours to pass on, in order.
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, "-m", *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )

    def await_line(self, beginning: bytes) -> None:
        """Wait for a line of its output."""
        for line in self._process.stdout or ():
            if line.startswith(beginning):
                return
        self._give_up()

    def await_port(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            with closing(socket.socket()) as one:
                one.settimeout(1)
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(LOOK_SECONDS)
        self._give_up()

    def stop(self) -> None:
        """End it in order, and wait until it is gone."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _give_up(self) -> None:
        self.stop()
        message = f"a process of the demo did not start: see {self._log}"
        raise DidNotStart(message)


def new_folder(within: Path, name: str) -> Path:
    """A folder that no other demo has, were it started in the same second."""
    within.mkdir(parents=True, exist_ok=True)
    folder = within / name
    for number in count(2):
        with suppress(FileExistsError):
            folder.mkdir()
            break
        folder = within / f"{name}-{number}"
    return folder


def start_seatrial(settings: Settings, folder: Path) -> Part:
    """`seatrial up` on the demo's own folder; returns once it is ready."""
    command = ["seatrial", "up", "--data", str(settings.data), "--listen", settings.listen]
    part = Part(command, folder / "seatrial.log", {"SEATRIAL_LOG": "", "SEATRIAL_STORE": "", "SEATRIAL_PUBLIC_URL": ""})
    with _not_left_behind(part):
        part.await_line(b"ready ")
    return part


def start_shop(release: str, dsn: str, folder: Path, *, bug: bool) -> tuple[Part, str]:
    """One release of the shop, and its address."""
    port = free_port()
    command = ["seatrial.demo.shop", release, "production", str(port), dsn]
    name = release.replace("@", "-")
    part = Part(command, folder / f"{name}.log", {} if bug else {"SHOP_WITHOUT_BUG": "1"})
    with _not_left_behind(part):
        part.await_port(port)
    return part, f"http://127.0.0.1:{port}"


@contextmanager
def _not_left_behind(part: Part) -> Iterator[None]:
    """Who is interrupted while a part starts has no part to stop yet."""
    try:
        yield
    except BaseException:
        part.stop()
        raise


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Within, a SIGTERM is a Ctrl-C, so that everything that was started is stopped in order; a second is ignored."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listen_address(settings: Settings) -> tuple[str, bool]:
    """Where the demo listens, and whether the wanted port was taken."""
    host = settings.host or "127.0.0.1"
    if settings.port and can_listen(host, settings.port):
        return settings.listen, False
    return f"127.0.0.1:{free_port()}", settings.port != 0
