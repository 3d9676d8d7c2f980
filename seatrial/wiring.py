"""The one place where adapters meet ports."""

import os
import socket
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Engine

from models.clock import SystemClock
from models.log.address import open_log
from models.ports import Clock, Log, LogUnavailable
from models.store.engine import open_engine
from models.store.sql import SqlStore
from models.wire import topics
from seatrial.settings import BadSettings, Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from actions.outbox import Outbox
    from api.intake.keeping.spool import Spool
    from consumers.evaluator import Evaluator
    from consumers.runtime import Consumer

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class System:
    """The log, the store and the clock of one process."""

    settings: Settings
    engine: Engine
    log: Log
    clock: Clock

    def close(self) -> None:
        self.engine.dispose()


def open_system(settings: Settings, clock: Clock | None = None) -> System:
    """Opens, and changes nothing: `prepare` makes what is missing."""
    clock = clock or SystemClock()
    return System(settings, open_engine(settings.store_address), open_log(settings.log_address, clock), clock)


def prepare(system: System) -> None:
    """The schema up to date, and every topic there."""
    from models.store.migrate import migrate

    migrate(system.engine)
    system.log.admin().ensure(topics.all_topics(system.settings.partitions))


def check(system: System, patience: float | None = None) -> None:
    """Raise `MissingTopics` if a topic is not there: a missing one is an error at start, not silence.

    Who has a spool has ``patience``, in seconds, instead of a need for the log: if it is down, or does not answer in
    time, it goes on. It can take what comes, and must, lest that be lost after a crash of its own.
    """
    found: Queue[Exception | None] = Queue()

    def look() -> None:
        try:
            system.log.admin().check(list(topics.all_topics(1)))
            found.put(None)
        except Exception as error:  # noqa: BLE001 - raised below
            found.put(error)

    Thread(target=look, name="check-topics", daemon=True).start()
    try:
        error = found.get(timeout=patience)
    except Empty:
        error = LogUnavailable(f"the log did not answer within {patience:g} s")
    if isinstance(error, LogUnavailable) and patience is not None:
        log.warning("log.down_at_start", error=str(error))
    elif error is not None:
        raise error


def build_consumer(system: System) -> "Consumer":
    from consumers.runtime import Consumer

    return Consumer(system.log, SqlStore(system.engine), system.clock, member(system.settings))


def build_evaluator(system: System) -> "Evaluator":
    from consumers.evaluator import Evaluator

    return Evaluator(system.engine, system.clock, public_url=system.settings.public_address)


def build_outbox(system: System) -> "Outbox":
    from actions.outbox import Outbox

    return Outbox(system.engine, system.log.writer(), system.clock)


def build_api(system: System, *, open_on_loopback: bool) -> "ASGIApp":
    from api.app import Services, build_app
    from api.intake.intake import build_intake
    from api.intake.protection import Protection
    from seatrial.doctor import unready
    from seatrial.keys import StoredKeys
    from seatrial.own_errors import WithoutLoop

    settings = system.settings
    writer, spool = system.log.writer(), open_spool(settings, system.clock)
    protection = Protection(key_rate=settings.key_rate, spool=spool)
    intake = build_intake(StoredKeys(system.engine), writer, system.clock, settings.country_header, protection)
    services = Services(
        engine=system.engine,
        intake=intake,
        appender=intake.appender,
        clock=system.clock,
        public_url=settings.public_address,
        open_on_loopback=open_on_loopback,
        # With a spool it serves while the log is down; were it taken out of service, what is sent then would be lost.
        faults=lambda: unready(system.engine, None if spool else system.log),
    )
    app: Any = build_app(services)
    return WithoutLoop(app, settings.dsn.get_secret_value()) if settings.dsn else app


def open_spool(settings: Settings, clock: Clock) -> "Spool | None":
    """The spool of this process, and what dead ones left in it; raises `BadSettings` where it cannot be written."""
    from api.intake.keeping.spool import Spool

    if not settings.spool_bytes:
        return None
    try:
        return Spool(settings.spool_folder, settings.spool_bytes, clock)
    except OSError as error:
        message = (
            f"SEATRIAL_SPOOL cannot be written ({error}): name a folder on a volume that outlives the process,"
            " or set SEATRIAL_SPOOL_BYTES=0 to do without"
        )
        raise BadSettings(message) from error


def member(settings: Settings) -> str:
    """A consumer's name in its group. In a container the process number is 1, so the name outlives a restart."""
    return settings.member or f"{socket.gethostname()}-{os.getpid()}"
