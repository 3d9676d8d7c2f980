"""Who may send, and what their project asks of intake: from the store, cached for seconds, at no query a request."""

import time

from sqlalchemy import Engine

from api.intake.keys import ProjectKeys
from models.store.queries import tokens

FRESH_SECONDS = 5.0
"""A new key works, a withdrawn one ends, and new settings hold, after so long at most."""
REMEMBERED = 10_000
"""Numbers kept, known and unknown: a stranger who tries all of them cannot fill the memory."""


class StoredKeys:
    def __init__(self, engine: Engine, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._engine = engine
        self._fresh_seconds = fresh_seconds
        self._found: dict[int, tuple[float, ProjectKeys | None]] = {}

    def project(self, number: int) -> ProjectKeys | None:
        now = time.monotonic()
        until, keys = self._found.get(number, (float("-inf"), None))
        if now < until:
            return keys
        keys = self._read(number)
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        self._found[number] = (now + self._fresh_seconds, keys)
        return keys

    def _read(self, number: int) -> ProjectKeys | None:
        if number >= 2**63:
            return None
        with self._engine.connect() as connection:
            found = tokens.project_keys(connection, number)
        return ProjectKeys(found.project, found.public_keys, found.identity_key, found.settings) if found else None
