"""A shop under watch: a consumer and an evaluator over a log in memory and a real store, on a clock of the test."""

from typing import Any

from sqlalchemy import Engine, Table, select

from consumers.evaluator import Evaluator
from consumers.runtime import Consumer
from models.clock import SimulatedClock
from models.ports import NewRecord
from models.store.queries import decisions, evaluations, policies
from models.store.queries.evaluations import Evaluation
from models.store.sql import SqlStore
from models.wire import topics
from tests.fakes.consuming import MINUTE, NOON, PROJECT, consume, create_project, encode
from tests.fakes.log import MemoryLog

OLD, NEW = "shop@1.4.2", "shop@1.5.0"
WEBHOOK = """
[webhook]
url = "https://deployer.example/hook"
secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
"""


class Watching:
    """Two partitions a topic, one project, and ``OLD`` in production with all traffic for an hour."""

    def __init__(self, engine: Engine, *, provisional: bool = True) -> None:
        self.engine = engine
        self.clock = SimulatedClock(NOON)
        self.store = SqlStore(engine)
        self._log = MemoryLog(self.clock, topics.all_topics(2))
        self._writer = self._log.writer()
        self._consumer = Consumer(self._log, self.store, self.clock)
        self.evaluator = self.new_evaluator(provisional=provisional)
        self._visits = 0
        create_project(self.store)
        self.deploy(OLD)
        for _ in range(6):
            self.visits(OLD, 40, hurt=1)
            self.pass_time(10, step=10)

    def new_evaluator(self, *, provisional: bool = True) -> Evaluator:
        return Evaluator(self.engine, self.clock, public_url="http://seatrial.example", provisional=provisional)

    def tell(self, topic: str, value: dict[str, Any]) -> None:
        key = f"{PROJECT}:{self._visits}".encode()
        self._visits += 1
        self._writer.append(NewRecord(topic, key, encode({"project": PROJECT} | value)))
        self._writer.flush()

    def deploy(self, release: str, exposure: float | None = None, state: str = "succeeded", **fields: Any) -> None:
        told = {"release": release, "environment": "production", "state": state, **fields}
        self.tell(topics.DEPLOYS, told | ({} if exposure is None else {"exposure": exposure}))

    def visits(self, release: str, number: int, hurt: int = 0, *, known: bool = True) -> None:
        """Sessions that ended now; ``hurt`` of them unhandled, each of another user, or of nobody known."""
        for index in range(number):
            self._visits += 1
            status = "unhandled" if index < hurt else "exited"
            session: dict[str, Any] = {"sid": f"s{self._visits}", "status": status, "started": self.clock.now() / 1000}
            session["attrs"] = {"release": release, "environment": "production"}
            if known:
                session["did"] = f"customer-{self._visits}"
            self.tell(topics.SESSIONS, {"session": session})

    def errors(self, release: str, number: int, kind: str, *, known: bool = True) -> None:
        """Unhandled errors of one kind, each of another user, or of nobody known and each on another host."""
        for _ in range(number):
            self._visits += 1
            exception = {"type": kind, "value": "broken", "mechanism": {"type": "test", "handled": False}}
            event: dict[str, Any] = {"release": release, "environment": "production"}
            event |= {"event_id": f"{self._visits:032x}", "exception": {"values": [exception]}}
            event |= {"user": {"id": f"customer-{self._visits}"}} if known else {"server_name": f"web-{self._visits}"}
            self.tell(topics.ERRORS, {"event": event})

    def look(self) -> int:
        """Consume what there is, and evaluate once."""
        consume(self._consumer)
        return self.evaluator.tick()

    def pass_time(self, minutes: int = 1, *, step: int = 1) -> None:
        """Let minutes close, with a look every ``step`` minutes."""
        for _ in range(0, minutes, step):
            consume(self._consumer)
            self.clock.set(self.clock.now() + step * MINUTE)
            self.look()

    def skip(self, minutes: int) -> None:
        """Let time pass without a look."""
        consume(self._consumer)
        self.clock.set(self.clock.now() + minutes * MINUTE)

    def apply(self, policy: str) -> None:
        with self.engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
            policies.apply(connection, PROJECT, policy, "a test", self.clock.now())

    def decisions(self, release: str = NEW) -> list[Any]:
        """The decisions on a release, oldest first."""
        with self.engine.connect() as connection:
            return decisions.listed(connection, PROJECT, release=release, limit=500)[::-1]

    def evaluation(self, release: str = NEW) -> Evaluation | None:
        with self.engine.connect() as connection:
            return evaluations.latest(connection, PROJECT, release, "production")

    def rows(self, table: Table) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]
