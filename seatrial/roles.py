"""The roles of a larger installation, any of them together in one process: threads, and HTTP in the main one."""

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from enum import StrEnum
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

import structlog

from seatrial import wiring
from seatrial.wiring import System

if TYPE_CHECKING:
    from actions.outbox import Outbox

log = structlog.get_logger()

EVALUATE_SECONDS = 2.0
"""Between two looks at every deploy under watch: a burst is acted on in seconds."""
DELIVER_SECONDS = 0.5
STALL_SECONDS = 60.0
"""A consumer whose poll has not come back for so long is taken for stuck: its process ends and is started anew."""
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
STALLED = 70
"""The exit code of a process that gave itself up (EX_SOFTWARE of sysexits.h)."""
DRAIN_SECONDS = 20.0
LOG_SECONDS = 2.0
"""How long the start waits for a log that need not be there: meanwhile, nobody takes what is sent."""
OTHER_DESCRIPTORS = 200
"""Of a process beside its connections: the store's (20), the log's, files, and those that are just being refused."""


class Role(StrEnum):
    API = "api"
    CONSUMERS = "consumers"
    EVALUATOR = "evaluator"
    ACTIONS = "actions"


def run(system: System, roles: Iterable[Role], *, open_on_loopback: bool) -> None:
    """Run the roles until SIGTERM or SIGINT, then finish what is in hand."""
    roles = list(dict.fromkeys(roles))
    spooling = Role.API in roles and system.settings.spool_bytes
    wiring.check(system, patience=LOG_SECONDS if spooling else None)
    stop = threading.Event()
    _stop_on_signals(stop)
    if os.environ.get("SEATRIAL_SUPERVISED"):
        _start("parent", lambda: _end_with_parent(stop))
    _serve_metrics(system, roles)
    threads = [_start(role, work) for role in roles if (work := _work(system, role, stop))]
    log.info("roles.started", roles=roles)
    if Role.API in roles:
        _serve_http(system, stop, open_on_loopback=open_on_loopback)
    else:
        _wait(threads, stop)
    stop.set()
    for thread in threads:
        thread.join(DRAIN_SECONDS)
    log.info("roles.stopped", roles=roles)


def repeat(tick: Callable[[], object], seconds: float, stop: threading.Event, name: str) -> None:
    """Call ``tick`` over and over; an error is logged and followed by growing pauses, never by silence."""
    failures = 0
    while not stop.is_set():
        try:
            tick()
            failures, pause = 0, seconds
        except Exception:
            pause = PAUSES[min(failures, len(PAUSES) - 1)]
            failures += 1
            log.exception("role.failed", name=name, pause_seconds=pause, failures=failures)
        stop.wait(pause)


def _work(system: System, role: Role, stop: threading.Event) -> Callable[[], None] | None:
    if role is Role.CONSUMERS:
        consumer = wiring.build_consumer(system)
        _start("watchdog", lambda: _watch(consumer.stalled, stop))
        return lambda: consumer.run(stop)
    if role is Role.EVALUATOR:
        evaluator = wiring.build_evaluator(system)
        return lambda: repeat(evaluator.tick, EVALUATE_SECONDS, stop, "evaluator")
    if role is Role.ACTIONS:
        outbox = wiring.build_outbox(system)
        return lambda: _deliver(outbox, stop)
    return None


def _deliver(outbox: "Outbox", stop: threading.Event) -> None:
    repeat(outbox.tick, DELIVER_SECONDS, stop, "actions")
    outbox.close()


def _start(name: str, target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name=str(name), daemon=True)
    thread.start()
    return thread


def _wait(threads: list[threading.Thread], stop: threading.Event) -> None:
    """Until told to stop, or until a role ended by itself, which it never should."""
    while not stop.wait(0.2):
        if dead := [thread.name for thread in threads if not thread.is_alive()]:
            log.error("role.ended", roles=dead)
            stop.set()
            for thread in threads:
                thread.join(DRAIN_SECONDS)
            sys.exit(1)


def _watch(stalled: Callable[[float], bool], stop: threading.Event) -> None:
    while not stop.wait(5.0):
        if stalled(STALL_SECONDS):
            log.error("consumer.stalled", seconds=STALL_SECONDS)
            os._exit(STALLED)


def _serve_http(system: System, stop: threading.Event, *, open_on_loopback: bool) -> None:
    import uvicorn

    from seatrial.connections import Bounds, Connections

    settings = system.settings
    app = wiring.build_api(system, open_on_loopback=open_on_loopback)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=int(DRAIN_SECONDS),
        backlog=2048,
        http=cast("Any", Connections(Bounds(most=_raise_descriptors(settings.connections)))),
        ws="none",
    )
    server = uvicorn.Server(config)

    def end() -> None:
        stop.wait()
        server.should_exit = True

    _start("stop-http", end)
    server.run()


def _raise_descriptors(connections: int) -> int:
    """Let the process open so many connections, as far as the system allows; how many it may have."""
    needed = connections + OTHER_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft < needed:
            log.warning("connections.bounded", connections=soft - OTHER_DESCRIPTORS, wanted=connections, ulimit=hard)
    return connections if soft == resource.RLIM_INFINITY else min(connections, max(1, soft - OTHER_DESCRIPTORS))


def _serve_metrics(system: System, roles: list[Role]) -> None:
    address = system.settings.metrics_listen
    if address and Role.API not in roles:
        from prometheus_client import start_http_server

        host, _, port = address.rpartition(":")
        start_http_server(int(port), host)


def _stop_on_signals(stop: threading.Event) -> None:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)


def _end_with_parent(stop: threading.Event) -> None:
    """The supervisor holds the other end of our standard input: at its end it is gone, however it went."""
    while os.read(0, 1024):
        time.sleep(0)
    stop.set()
