"""A shop with one issue, over a real store: deploys, errors and sessions as real messages, a minute after another."""

import json
from itertools import count
from typing import Any

from consumers.evaluator import Evaluator
from models.ports import NewRecord
from models.store import tables
from models.wire import topics
from tests.fakes.api import Serving

MINUTE = 60_000
NUMBERS = count(1)


class Story:
    """What happens to the shop, a minute after another."""

    def __init__(self, api: Serving) -> None:
        self.api = api
        self.writer = api.log.writer()

    def later(self, minutes: int = 1) -> "Story":
        self.api.clock.set(self.api.clock.now() + minutes * MINUTE)
        return self

    def deploy(self, release: str, environment: str = "production", **more: Any) -> "Story":
        self._send(topics.DEPLOYS, {"release": release, "environment": environment} | more)
        return self.later()

    def error(self, release: str | None, user: str = "ana", environment: str = "production") -> "Story":
        frames = [
            {"filename": "shop/web.py", "function": "get", "in_app": True, "lineno": 3},
            {"filename": "shop/cart.py", "function": "total", "in_app": True, "lineno": 88},
        ]
        raised = {"type": "ZeroDivisionError", "value": "division by zero", "stacktrace": {"frames": frames}}
        event = {
            "event_id": f"{next(NUMBERS):032x}",
            "environment": environment,
            "user": {"id": user},
            "exception": {"values": [raised | {"mechanism": {"type": "generic", "handled": False}}]},
        }
        self._send(topics.ERRORS, {"event": event | ({"release": release} if release else {})})
        return self.later()

    def sessions(self, release: str, number: int, environment: str = "production") -> "Story":
        """So many healthy ones."""
        counts = [{"started": "2026-11-22T23:39:00Z", "exited": number}]
        attributes = {"release": release, "environment": environment}
        told = {"aggregates": counts, "attrs": attributes, "id": f"s-{next(NUMBERS)}"}
        self._send(topics.SESSIONS, told)
        return self

    def evaluate(self) -> None:
        """As the evaluator of a running installation does once everything is read."""
        with self.api.engine.begin() as connection:
            for topic in topics.FEEDS_MINUTES:
                connection.execute(tables.position.delete().where(tables.position.c.topic == topic))
                row = {"topic": topic, "partition": 0, "next_offset": 0, "booked_to": 0}
                connection.execute(tables.position.insert().values(row | {"read_to": self.api.clock.now()}))
        Evaluator(self.api.engine, self.api.clock, public_url="").tick()

    def _send(self, topic: str, value: dict[str, Any]) -> None:
        body = json.dumps({"project": "shop"} | value).encode()
        self.writer.append(NewRecord(topic, b"shop:%d" % next(NUMBERS), body))
        self.writer.flush()
        self.api.consume()

    @property
    def issue(self) -> str:
        (found,) = self.api.get("/issues")["items"]
        return str(found["issue"])

    def command(self, **told: Any) -> Any:
        answer = self.api.post(f"/issues/{self.issue}/commands", {"reason": "mended", "by": "ana"} | told)
        self.later()
        return answer

    def state(self, release: str) -> str | None:
        """Of the only issue, in a release."""
        found = self.api.get("/issues", release=release)
        assert found["counts"]["all"] == len(found["items"]) == sum(found["counts"].values()) - len(found["items"])
        return str(found["items"][0]["state"]) if found["items"] else None

    def view(self, **query: str) -> Any:
        return self.api.get(f"/issues/{self.issue}", **query)
