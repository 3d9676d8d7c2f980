"""A notifier in memory, a receiver on the loopback, and an outbox with what it needs around it."""

import base64
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, Table, select

from actions.addresses import is_literal
from actions.call import action_row
from actions.outbox import Outbox
from models.clock import SimulatedClock
from models.domain.policy import Webhook
from models.ports import Answer, Clock, Notice, Notifier
from models.store import tables
from models.store.queries.policies import apply
from models.store.sql import SqlUnitOfWork
from models.wire import topics
from tests.fakes.log import MemoryLog

NOON = 1_700_000_040_000
SECRET = "whsec_" + base64.b64encode(b"a key of exactly 32 random bytes").decode()
PATIENCE_SECONDS = 60.0
"""So long a test's tick waits for what it started: until it is done."""


class Killed(BaseException):
    """Stands for SIGKILL: nobody catches it, and nothing is written after it."""


class FakeNotifier:
    """The `Notifier` port over lists: answers with the statuses of ``script`` in turn (None: no answer), then 200."""

    def __init__(self, *script: int | None) -> None:
        self.script = list(script)
        self.told: list[tuple[str, Notice]] = []
        """Every message that arrived, with the address it went to."""
        self.killed_after_sending = False
        self._lock = threading.Lock()

    def notify(self, notice: Notice, webhook: Webhook, allowed_hosts: Collection[str]) -> Answer:
        host = urlsplit(webhook.url).hostname or ""
        if host not in allowed_hosts:
            told = f"{host} is internal; list it in the policy's allowed_hosts"
            return Answer(taken=False, status=None, result=told, final=is_literal(host))
        with self._lock:
            status = self.script.pop(0) if self.script else 200
            if status is not None:
                self.told.append((webhook.url, notice))
        if self.killed_after_sending:
            raise Killed
        if status is None:
            return Answer(taken=False, status=None, result=f"{host} did not answer")
        return Answer(taken=status // 100 == 2, status=status, result=f"answered {status}", final=status == 410)

    @property
    def ids(self) -> list[str]:
        return [notice.id for _, notice in self.told]


class Receiver:
    """A delivery tool: answers with the statuses of ``script`` in turn, then 200. ``hang`` keeps it from answering."""

    def __init__(self, *script: int) -> None:
        self.script = list(script)
        self.headers: Mapping[str, str] = {}
        """What is sent with an answer."""
        self.answer = b""
        self.requests: list[tuple[Mapping[str, str], bytes]] = []
        self.answers = threading.Event()
        self.answers.set()
        self._server = Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hooks?from=seatrial"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]

    def hang(self) -> None:
        self.answers.clear()

    def close(self) -> None:
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiving(*script: int) -> Iterator[Receiver]:
    receiver = Receiver(*script)
    try:
        yield receiver
    finally:
        receiver.close()


class Outgoing:
    """A store and a log in memory, a clock that stands still, and a policy with a webhook for ``shop``."""

    def __init__(self, engine: Engine, notifier: Notifier, clock: Clock | None = None) -> None:
        self.engine = engine
        self.clock = clock or SimulatedClock(NOON)
        self.log = MemoryLog(self.clock, topics.all_topics(2))
        self.notifier = notifier
        self._outboxes: list[Outbox] = []
        self.outbox = self.another()

    def another(self, notifier: Notifier | None = None, *, patience: float = PATIENCE_SECONDS) -> Outbox:
        """One more outbox over the same store and log, as another process has it."""
        told_by = notifier or self.notifier
        self._outboxes.append(Outbox(self.engine, self.log.writer(), self.clock, told_by, patience=patience))
        return self._outboxes[-1]

    def close(self) -> None:
        for outbox in self._outboxes:
            outbox.close()

    def policy(self, url: str, project: str = "shop", allowed: str = "127.0.0.1") -> None:
        document = f'allowed_hosts = ["{allowed}"]\n[webhook]\nurl = "{url}"\nsecret = "{SECRET}"\n'
        self.policy_document(document, project)

    def policy_document(self, document: str, project: str = "shop") -> None:
        with SqlUnitOfWork(self.engine) as unit:
            apply(unit.connection, project, document, "test", self.clock.now())

    def call(self, kind: str = "rollback", decision: str = "d-1", project: str = "shop") -> dict[str, Any]:
        """Write an action as the evaluator does."""
        row = action_row(
            project=project,
            decision=decision,
            kind=kind,
            target="shop@1.4.2",
            reason="it is worse",
            document={"schema": "gate.v1", "release": "shop@1.5.0"},
            now=self.clock.now(),
        )
        with SqlUnitOfWork(self.engine) as unit:
            unit.insert_new(tables.action, [row])
        return row

    def publication(self, name: str, topic: str = topics.VERDICTS, **other: Any) -> None:
        row: dict[str, Any] = {"project": "shop", "publication": name, "topic": topic, "value": name.encode()}
        row |= {"key": "shop:production:shop@1.5.0", "published": False, "created_at": self.clock.now()} | other
        with SqlUnitOfWork(self.engine) as unit:
            unit.insert_new(tables.publication, [row])

    def rows(self, table: Table) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]

    def states(self) -> dict[str, str]:
        """Of each action's kind, its state."""
        return {row["kind"]: row["state"] for row in self.rows(tables.action)}

    def go_on_until_due(self) -> None:
        """Set the clock to when the next action is due."""
        assert isinstance(self.clock, SimulatedClock)
        due = [row["due_at"] for row in self.rows(tables.action) if row["state"] == "pending"]
        self.clock.set(max(self.clock.now(), min(due)))

    def settle(self) -> None:
        """Tick, and let the time pass between, until no action is pending."""
        while any(row["state"] == "pending" for row in self.rows(tables.action)):
            self.go_on_until_due()
            self.outbox.tick()


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 lets the sixth of many callers wait a second


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): str(value) for name, value in self.headers.items()}
            receiver.requests.append((headers | {":path": self.path}, body))
            status = receiver.script.pop(0) if receiver.script else 200
            receiver.answers.wait()
            with suppress(OSError):  # who asked may have gone
                self._reply(status)

        def _reply(self, status: int) -> None:
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    return Handler
