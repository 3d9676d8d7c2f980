"""What a process needs of its log and its spool at the start."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.clock import SimulatedClock
from models.ports import LogUnavailable, MissingTopics
from models.store.engine import open_engine
from models.wire.topics import all_topics
from seatrial import wiring
from seatrial.doctor import _spool
from seatrial.settings import BadSettings, load
from seatrial.wiring import System
from tests.fakes.log import MemoryAdmin, MemoryLog

NOW = 1_795_390_740_000


class Hanging(MemoryLog):
    """A log that does not answer while its gate is shut."""

    def __init__(self) -> None:
        super().__init__(topics=all_topics(1))
        self.gate = threading.Event()

    def admin(self) -> MemoryAdmin:
        if hasattr(self, "gate"):
            assert self.gate.wait(20)
            raise LogUnavailable("nobody is there")
        return super().admin()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path}/store.db")
    yield opened
    opened.dispose()


def system(log: MemoryLog, engine: Engine) -> System:
    return System(load({}, {}), engine, log, SimulatedClock(NOW))


@pytest.mark.parametrize("patience", [None, 20.0])
def test_a_missing_topic_is_an_error_at_the_start(engine: Engine, patience: float | None) -> None:
    """With a spool and without: it is not silence."""
    with pytest.raises(MissingTopics):
        wiring.check(system(MemoryLog(), engine), patience)
    wiring.check(system(MemoryLog(topics=all_topics(1)), engine), patience)


def test_a_log_that_is_down_stops_only_those_who_need_it(engine: Engine) -> None:
    """A process with a spool starts, whether the log refuses or hangs; one without does not."""
    log = Hanging()
    wiring.check(system(log, engine), patience=0.01)
    log.gate.set()
    wiring.check(system(log, engine), patience=20.0)
    with pytest.raises(LogUnavailable):
        wiring.check(system(log, engine))


def test_a_spool_that_cannot_be_written_is_an_error_at_the_start(tmp_path: Path) -> None:
    """Which says what to do; and none is opened where none is wanted."""
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(BadSettings, match="SEATRIAL_SPOOL_BYTES=0"):
        wiring.open_spool(load({"spool": taken}, {}), SimulatedClock(NOW))
    assert wiring.open_spool(load({"spool": taken, "spool_bytes": 0}, {}), SimulatedClock(NOW)) is None


def test_the_doctor_sees_what_waits(tmp_path: Path) -> None:
    """Nothing is fine, and so is what just came; what has waited for longer is a fault, with what to do."""
    assert _spool(tmp_path, NOW).finding == "empty"
    spool = wiring.open_spool(load({"spool": tmp_path}, {}), SimulatedClock(NOW))
    assert spool is not None
    spool.put([], {}, tried=False)
    assert not _spool(tmp_path, NOW + 10_000).fault
    old = _spool(tmp_path, NOW + 120_000)
    assert old.fault
    assert "the oldest for 2 min" in old.finding
    assert "bring the log back" in old.advice
    spool.close()
