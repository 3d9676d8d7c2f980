"""Addresses of logs."""

from pathlib import Path

import pytest

from models.clock import SimulatedClock
from models.log.address import open_log
from models.log.kafka import KafkaLog
from models.log.sqlite import SqliteLog
from models.ports import TopicSettings

CLOCK = SimulatedClock(0)


def test_sqlite_address_opens_the_file(tmp_path: Path) -> None:
    """Three slashes and an absolute path make the file, with its folder."""
    file = tmp_path / "folder" / "log.sqlite"
    log = open_log(f"sqlite:///{file}", CLOCK)
    log.admin().ensure({"t": TopicSettings(1)})
    assert isinstance(log, SqliteLog)
    assert file.exists()


def test_relative_sqlite_address_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without a slash of its own lies in the working folder, as in SQLAlchemy's addresses."""
    monkeypatch.chdir(tmp_path)
    open_log("sqlite:///log.sqlite", CLOCK).admin().ensure({})
    assert (tmp_path / "log.sqlite").exists()


def test_kafka_address_opens_without_connecting() -> None:
    """Nothing is asked of the brokers before something is read or written."""
    assert isinstance(open_log("kafka://nowhere.invalid:9092,other.invalid:9092", CLOCK), KafkaLog)


@pytest.mark.parametrize("address", ["", "redis://here", "sqlite://", "sqlite:///", "kafka://", "/var/log.sqlite"])
def test_other_addresses_name_what_is_possible(address: str) -> None:
    """An address that means nothing says which ones do."""
    with pytest.raises(ValueError, match=r"sqlite:///path or kafka://"):
        open_log(address, CLOCK)
