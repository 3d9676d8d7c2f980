"""The whole application as an SDK meets it: requests with no more than a test gives, and what became of their items."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.wire.topics import ERRORS, FEEDBACK, SESSIONS
from tests.fakes import api
from tests.fakes.intake import envelope

EVENT_ID = "a" * 32
EVENT = {"event_id": EVENT_ID, "message": "boom", "release": "shop@1.0"}
SESSION = {"sid": "b" * 32, "started": api.NOW / 1000 - 5, "attrs": {"release": "shop@1.0"}}
SAID = {"contexts": {"feedback": {"message": "slow"}}, "release": "shop@1.0"}
SENT = envelope(("event", EVENT))
TOPICS = (ERRORS, SESSIONS, FEEDBACK)


@dataclass(frozen=True, slots=True)
class Told:
    """What a request was told, and what became of it."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    fates: Mapping[str, int]
    """``error accepted`` and the like, with the number of items."""
    values: tuple[dict[str, Any], ...]
    """What it brought to the log."""

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class Wire:
    """A project's receiver. ``shop`` is the project, ``other`` one beside it."""

    serving: api.Serving

    @property
    def key(self) -> str:
        return self.serving.shop.public_key

    @property
    def number(self) -> int:
        return self.serving.shop.number

    @property
    def auth(self) -> dict[str, str]:
        return {"X-Sentry-Auth": f"Sentry sentry_key={self.key}, sentry_version=7"}

    def post(self, body: bytes = SENT, endpoint: str = "envelope/", **headers: str) -> Told:
        """With the key in a header, and more headers where they are given."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", f"/api/{self.number}/{endpoint}", body, self.auth | named)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Told:
        intake, log = self.serving.services.intake, self.serving.log
        counted = Counter(intake.tally.totals)
        had = {place: len(kept) for place, kept in log.kept.items()}
        answer = self.serving.client.request(method, f"{api.URL}{path}", content=body, headers=dict(headers or {}))
        fates = Counter(intake.tally.totals) - counted
        appended = [one for place, kept in log.kept.items() if place.topic in TOPICS for one in kept[had[place] :]]
        return Told(
            answer.status_code,
            answer.headers,
            answer.content,
            {" ".join(name): count for name, count in fates.items()},
            tuple(json.loads(record.value or b"") for record in appended),
        )


@contextmanager
def receiving(folder: Path) -> Iterator[Wire]:
    with api.serving(folder) as serving:
        yield Wire(serving)
