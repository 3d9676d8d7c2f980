"""`seatrial up`: the processes of one installation, started, watched and started anew when they die."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog

from seatrial.settings import Settings

log = structlog.get_logger()

PROCESSES: tuple[tuple[str, ...], ...] = (("api",), ("consumers", "evaluator", "actions"))
"""Two: intake answers while a fold runs. Measured with 4,000 envelopes from 8 clients on two cores, one, two and three
processes: sent and stored in 7.0, 4.6 and 4.6 s, 95 % answered within 22, 15 and 15 ms, in 94, 164 and 232 MB."""
LOOK_SECONDS = 0.1
HEALTH_SECONDS, HEALTH_TIMEOUT, HEALTH_FAILURES = 5.0, 5.0, 6
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
YOUNG_SECONDS, YOUNG_DEATHS = 10.0, 5
"""A process that died 5 times in a row before it was 10 s old will not live: give up, loudly."""
READY_SECONDS = 60.0
STOP_SECONDS = 25.0
PORT_SECONDS = 3.0
"""How long a port may stay taken by the processes of an `up` that was killed: they end by themselves."""


class PortTaken(Exception):
    """Something else listens on the port. Choose another by `--listen 127.0.0.1:PORT`, or end what has it."""


class GaveUp(Exception):
    """A process of ours does not live. Its last lines are above; `seatrial doctor` checks the rest."""


@dataclass(slots=True)
class Child:
    roles: tuple[str, ...]
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    young_deaths: int = 0
    start_at: float | None = None


class Supervisor:
    """Runs `seatrial serve` processes until ``stop`` is set."""

    def __init__(
        self, settings: Settings, stop: threading.Event, processes: Sequence[tuple[str, ...]] = PROCESSES
    ) -> None:
        self._settings = settings
        self._stop = stop
        self._processes = processes
        self._children: list[Child] = []
        self._ill = 0
        self._looked = time.monotonic()

    def run(self, ready: Callable[[], None]) -> None:
        """Start, call ``ready`` once `/readyz` says so, and watch. Raises `GaveUp`."""
        try:
            self._children = [Child(roles, self._spawn(roles)) for roles in self._processes]
            self._await_ready()
            if not self._stop.is_set():
                ready()
            while not self._stop.wait(LOOK_SECONDS):
                self._look()
        finally:
            self._end()

    def pids(self) -> list[int]:
        return [child.process.pid for child in self._children]

    def _spawn(self, roles: tuple[str, ...]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "seatrial", "serve", *roles]
        environment = (
            os.environ
            | self._settings.environment()
            | {
                "SEATRIAL_SUPERVISED": "1",
                "SEATRIAL_MEMBER": self._settings.member or "up",
            }
        )
        # The pipe tells the child when we are gone; a session of its own keeps a Ctrl-C of the terminal to us.
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)  # noqa: S603 - our own command

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._stop.wait(LOOK_SECONDS):
            self._restart_dead()
            if _answers(f"{self._settings.server_here}/readyz", 2.0):
                return
            if time.monotonic() > deadline:
                message = f"not ready after {READY_SECONDS:.0f} s: see the lines above, then run `seatrial doctor`"
                raise GaveUp(message)

    def _look(self) -> None:
        self._restart_dead()
        if time.monotonic() - self._looked < HEALTH_SECONDS:
            return
        self._looked = time.monotonic()
        self._ill = 0 if _answers(f"{self._settings.server_here}/healthz", HEALTH_TIMEOUT) else self._ill + 1
        if self._ill >= HEALTH_FAILURES:
            self._ill = 0
            for child in self._children:
                if "api" in child.roles:
                    log.error("process.ill", roles=child.roles, pid=child.process.pid)
                    child.process.kill()

    def _restart_dead(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.start_at is not None:
                if now >= child.start_at:
                    child.process, child.started, child.start_at = self._spawn(child.roles), now, None
            elif (code := child.process.poll()) is not None:
                self._plan_restart(child, code, now)

    def _plan_restart(self, child: Child, code: int, now: float) -> None:
        child.young_deaths = child.young_deaths + 1 if now - child.started < YOUNG_SECONDS else 0
        if child.young_deaths >= YOUNG_DEATHS:
            message = f"the process of {', '.join(child.roles)} died {YOUNG_DEATHS} times in a row: see the lines above"
            raise GaveUp(message)
        pause = PAUSES[min(child.young_deaths, len(PAUSES) - 1)]
        child.start_at = now + pause
        log.warning("process.restarting", roles=child.roles, exit_code=code, pause_seconds=pause)

    def _end(self) -> None:
        """The api first, so that nothing is accepted any more; then what works on it."""
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            child.process.send_signal(signal.SIGTERM)
        for child in self._children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("process.killed", roles=child.roles)  # noqa: TRY400 - nobody needs its stack
                child.process.kill()
                child.process.wait()


class CannotListen(PortTaken):
    """The address is not one of this machine, or is not ours to use. Waiting does not help."""


def check_port(settings: Settings, patience: float = PORT_SECONDS) -> None:
    """Raise `PortTaken` unless the port can be listened on within ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while error := _refusal(settings.host or "127.0.0.1", settings.port):
        if error.errno != errno.EADDRINUSE:
            message = (
                f"this machine cannot listen on {settings.listen} ({error.strerror}): choose an address of its own and"
                f" a port above 1023, as in `--listen 127.0.0.1:8321`, or `--listen 0.0.0.0:8321` for all of them"
            )
            raise CannotListen(message)
        if time.monotonic() > deadline:
            message = (
                f"{settings.listen} is taken by another process: choose another by"
                f" `--listen {settings.host or '127.0.0.1'}:{settings.port + 1}`, or end what has it"
            )
            raise PortTaken(message)
        time.sleep(LOOK_SECONDS)


def can_listen(host: str, port: int) -> bool:
    return _refusal(host, port) is None


def _refusal(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    with closing(socket.socket(family)) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host.strip("[]"), port))
        except OSError as error:
            return error
    return None


def _answers(url: str, timeout: float) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:  # noqa: S310 - our own address
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, urllib.error.URLError, ValueError):
        return False
