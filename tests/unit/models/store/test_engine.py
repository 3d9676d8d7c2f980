"""models/store/engine.py."""

import socket
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.store.engine import open_engine


def test_the_folder_of_a_file_is_made(tmp_path: Path) -> None:
    """`seatrial up` in an empty folder needs no preparation."""
    engine = open_engine(f"sqlite:///{tmp_path / 'a' / 'b' / 'store.db'}")

    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_a_file_is_read_while_it_is_written(tmp_path: Path) -> None:
    """A reader sees what was committed and waits for nobody: write-ahead log, and transactions from their beginning."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))

    with engine.connect().execution_options(seatrial_writes=True) as writer, engine.connect() as reader, writer.begin():
        writer.execute(text("INSERT INTO t VALUES (1)"))
        assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()


def test_a_reader_sees_one_moment(tmp_path: Path) -> None:
    """Two queries of one transaction agree, whatever was committed between them: the numbers of a page add up."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))

    with engine.connect() as reader, reader.begin():
        assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
        with engine.begin() as writer:
            writer.execute(text("INSERT INTO t VALUES (1)"))
        assert reader.execute(text("SELECT count(*) FROM t")).scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("address", ["mysql://host/name", "postgresql://host/name", "postgresql+psycopg2://host/name"])
def test_an_address_we_cannot_open_says_what_to_write(address: str) -> None:
    """The two forms that work are in the message."""
    with pytest.raises(ValueError, match=r"use sqlite:///path or postgresql\+psycopg://"):
        open_engine(address)


def test_a_server_that_never_answers_is_an_error() -> None:
    """It takes the connection and is silent: within seconds that fails, so that whoever waits can say so."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = open_engine(f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        with pytest.raises(OperationalError, match="timeout"):
            engine.connect()
