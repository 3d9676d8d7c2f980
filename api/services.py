"""What the HTTP side stands on; `seatrial` wires it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from api.intake.intake import Intake
from api.intake.keeping.appender import Appender
from models.ports import Clock

SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@dataclass(frozen=True, slots=True)
class Services:
    engine: Engine
    intake: Intake
    appender: Appender
    clock: Clock
    public_url: str
    open_on_loopback: bool
    """Whether who asks from this machine, by a loopback name, needs no token."""
    engine_of_reads: Engine | None = None
    """A read replica, where there is one."""

    faults: Callable[[], Sequence[str]] = tuple
    """What of log and store is not ready, a sentence each, as only who opened them can tell."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look at the store: what its queries say of each other holds, whoever writes meanwhile."""
        engine = self.engine_of_reads or self.engine
        options = SNAPSHOT if engine.dialect.name == "postgresql" else {}  # SQLite's transactions are so anyway
        with engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
            yield connection
