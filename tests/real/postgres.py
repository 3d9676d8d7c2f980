"""A real PostgreSQL, one cluster with a data folder of its own, for tests and benchmarks.

Runs as root too: `initdb` refuses root, so the server then runs as ``postgres`` or ``nobody``.
``SEATRIAL_TEST_POSTGRES`` (an SQLAlchemy address of a role that may create databases) is used instead where it is set.
`open_postgres` chooses.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.real.process import LOOPBACK, Missing, Server, free_port

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu put each version's programs."""
UNSAFE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""Fast, and safe as long as the machine itself does not stop."""


class Database(Protocol):
    """A running PostgreSQL."""

    @property
    def version(self) -> str:
        """What a test run prints."""

    def url(self, database: str) -> str: ...

    def create_database(self, template: str = "template1") -> str: ...

    def drop_database(self, url: str) -> None: ...

    def close(self) -> None: ...


class GivenPostgres:
    """A server at an SQLAlchemy address; what all of them can do."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address)

    @property
    def version(self) -> str:
        with self._connect() as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return f"PostgreSQL {row[0].split()[0] if row else '?'}"

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database: ``postgresql+psycopg://...``."""
        return self._address.set(database=database).render_as_string(hide_password=False)

    def create_database(self, template: str = "template1") -> str:
        """The address of a new database, a copy of ``template`` (which nobody may be connected to): 30 to 90 ms."""
        name = f"seatrial_{uuid4().hex}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with self._connect() as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is connected to it."""
        name = make_url(url).database or ""
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def close(self) -> None: ...

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        plain = self._address.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)


class RealPostgres(GivenPostgres):
    """A cluster of its own, running once constructed. Folder and port stay over `kill`, `stop` and `start`."""

    def __init__(self, *, fsync: bool = False) -> None:
        programs = find_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="seatrial-postgres-"))
        self._identity = _unprivileged(self._folder)
        data = self._folder / "data"
        command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        self._run([*command, "--no-locale", "--no-sync"])
        port = free_port()
        options = [f"listen_addresses={LOOPBACK}", f"port={port}", f"unix_socket_directories={self._folder}"]
        settings = [flag for option in (*options, *(() if fsync else UNSAFE)) for flag in ("-c", option)]
        server = [str(programs / "postgres"), "-D", str(data), *settings]
        output = self._folder / "output.log"
        self._server = Server(server, self._answers, output, cwd=self._folder, **self._identity)
        super().__init__(f"postgresql+psycopg://postgres@{LOOPBACK}:{port}/postgres")
        self.start()

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        """An orderly end that does not wait for clients."""
        self._server.end(signal.SIGINT)

    def kill(self) -> None:
        """As a crash: every process ends at once, nothing is written, `start` recovers from the write-ahead log.

        SIGQUIT, not SIGKILL: the server's children leave its process group and would live on, and hold up the start.
        """
        self._server.end(signal.SIGQUIT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """End the server and delete its data."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        return self._server.pid

    def _answers(self) -> bool:
        """An open port is not enough: while it recovers, the server refuses connections."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(  # noqa: S603 - a command of our own
            command, cwd=self._folder, capture_output=True, text=True, check=False, **self._identity
        )
        if done.returncode:
            message = f"{command[0]} failed:\n{done.stdout}{done.stderr}"
            raise RuntimeError(message)


def open_postgres() -> Database:
    """A running server: the given one, else one of our own, else `Missing`."""
    if given := os.environ.get("SEATRIAL_TEST_POSTGRES"):
        return GivenPostgres(given)
    return RealPostgres()


def find_programs() -> Path:
    """The folder with `initdb` and `postgres` of the newest version installed."""
    found = [one for one in INSTALLED.glob("*/bin") if (one / "initdb").exists()]
    if found:
        return max(found, key=lambda one: float(one.parent.name))
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    message = (
        "no PostgreSQL server here: install it (Debian: apt-get install postgresql), or set SEATRIAL_TEST_POSTGRES"
    )
    raise Missing(message)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """As root, give the folder to a user without rights; how to start a process as that user."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
