"""The pages of a real application, served on a free loopback port, over a store that real messages filled."""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter
from pathlib import Path

import uvicorn
from sqlalchemy import Engine, update

from api.app import build_app
from api.intake.intake import build_intake
from api.services import Services
from models.clock import SimulatedClock
from models.log.sqlite import SqliteLog
from models.store import tables
from models.store.engine import open_engine
from models.store.migrate import migrate
from models.wire.times import to_milliseconds
from models.wire.topics import all_topics
from seatrial.demo.history import History
from seatrial.keys import StoredKeys
from seatrial.replay.run import replay
from tests.real.installation import wait_until
from tests.real.process import LOOPBACK, free_port

END = 1_795_390_740_000
"""2026-11-22T23:39:00Z: when the demo's history ends, and what the pages take for now."""
BEHIND = 6_000
"""ms that reading is behind, as on a site that runs."""


@dataclass(frozen=True, slots=True)
class Site:
    address: str
    engine: Engine
    log: SqliteLog


@contextmanager
def store(folder: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{folder}/store.db")
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


def fill(engine: Engine, fraction: float, seed: int, *more: Iterable[bytes]) -> None:
    """Three weeks of the demo's shop up to `END`, and more lines, through the real consumers and the real evaluator."""
    history = (_timed(line) for line in History(seed, END, fraction).lines())
    merged = merge(history, *((_timed(line) for line in lines) for lines in more), key=itemgetter(0))
    replay((line for _, line in merged), engine, "", lambda _: None)
    with engine.begin() as connection:
        connection.execute(update(tables.position).values(read_to=END - BEHIND))


@contextmanager
def serving(engine: Engine, folder: Path, *, open_on_loopback: bool = True) -> Iterator[Site]:
    """The application on a port of its own, in a thread; its clock stands still at `END`."""
    clock = SimulatedClock(END)
    log = SqliteLog(folder / "log.db", clock)
    log.admin().ensure(all_topics(2))
    writer = log.writer()
    intake = build_intake(StoredKeys(engine), writer, clock)
    port = free_port()
    address = f"http://{LOOPBACK}:{port}"
    app = build_app(Services(engine, intake, intake.appender, clock, address, open_on_loopback))
    server = uvicorn.Server(
        uvicorn.Config(app, host=LOOPBACK, port=port, log_level="warning", lifespan="on", ws="none")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive(), "the site is up")
        yield Site(address, engine, log)
    finally:
        server.should_exit = True
        thread.join()
        writer.close()


def _timed(line: bytes) -> tuple[int, bytes]:
    return to_milliseconds(json.loads(line)["received_at"]) or 0, line
