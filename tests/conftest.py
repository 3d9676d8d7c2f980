"""The real servers, started once a run and only if a test asks for them, and named in the summary."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import structlog
from sqlalchemy import Engine

from models.store.engine import open_engine
from models.store.migrate import migrate
from tests.real import npm
from tests.real.chromium import Chromium, open_chromium
from tests.real.kafka import Broker, open_kafka
from tests.real.postgres import Database, open_postgres
from tests.real.process import Missing

USED = pytest.StashKey[list[str]]()
SERVER = TypeVar("SERVER", Broker, Database, Chromium, Path)


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command that ran within a test must not leave its logs to the next one: they go to a stream that is closed."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session")
def kafka(pytestconfig: pytest.Config) -> Iterator[Broker]:
    """The broker of this run: `tests.real.kafka.open_kafka`."""
    broker = _open(open_kafka)
    weakens = f" (weaker: {broker.weakens})" if broker.weakens else ""
    pytestconfig.stash[USED].append(f"{broker.version}{weakens}")
    yield broker
    broker.close()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[Database]:
    """The database server of this run: `tests.real.postgres.open_postgres`."""
    database = _open(open_postgres)
    pytestconfig.stash[USED].append(database.version)
    yield database
    database.close()


@pytest.fixture
def fresh_database(postgres: Database) -> Iterator[str]:
    """The SQLAlchemy address of a new, empty PostgreSQL database of this test alone."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store: an SQLite file, and a real PostgreSQL."""
    on_file = f"sqlite:///{tmp_path / 'store.db'}"
    return on_file if request.param == "sqlite" else str(request.getfixturevalue("fresh_database"))


@pytest.fixture
def engine(store_address: str) -> Iterator[Engine]:
    """A store with its schema, of each kind."""
    opened = open_engine(store_address)
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def chromium(pytestconfig: pytest.Config) -> Iterator[Chromium]:
    """A browser for the tests of one module: `tests.real.chromium.open_chromium`."""
    opened = _open(open_chromium)
    if opened.version not in pytestconfig.stash[USED]:
        pytestconfig.stash[USED].append(opened.version)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, to be evaluated in a page."""
    return (_open(lambda: npm.install("axe-core")) / "axe-core" / "axe.min.js").read_text()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[USED] = []
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell without job control starts what is in its background deaf to Ctrl+C, and so would be every program of
        # ours: the tests end some as Ctrl+C does.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if used := config.stash[USED]:
        terminalreporter.write_line(f"ran against {', '.join(used)}")


def _open(start: Callable[[], SERVER]) -> SERVER:
    try:
        return start()
    except Missing as missing:
        if os.environ.get("ALLOW_MISSING") == "1":
            pytest.skip(str(missing))
        pytest.fail(str(missing), pytrace=False)
