"""Who may send, and what their project asks of intake: from the store, cached for seconds, at no query a request."""

import time
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from sqlalchemy import Engine

from api.intake.keys import ProjectKeys
from models.store.queries import tokens

FRESH_SECONDS = 5.0
"""A new key works, a withdrawn one ends, and new settings hold, after so long at most."""
REMEMBERED = 10_000
"""Numbers and keys kept, known and unknown: a stranger who tries all of them cannot fill the memory."""

Asked = TypeVar("Asked", int, str)
Found = TypeVar("Found")
Remembered: TypeAlias = dict[Asked, tuple[float, Found]]
"""What was found, and until when it holds."""


class StoredKeys:
    def __init__(self, engine: Engine, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._engine = engine
        self._fresh_seconds = fresh_seconds
        self._projects: Remembered[int, ProjectKeys | None] = {}
        self._numbers: Remembered[str, int | None] = {}

    def project(self, number: int) -> ProjectKeys | None:
        return self._fresh(self._projects, number, self._read)

    def number(self, public_key: str) -> int | None:
        return self._fresh(self._numbers, public_key, self._read_number)

    def _fresh(self, remembered: Remembered[Asked, Found], asked: Asked, read: Callable[[Asked], Found]) -> Found:
        now = time.monotonic()
        if asked in remembered and now < remembered[asked][0]:
            return remembered[asked][1]
        found = read(asked)
        if len(remembered) >= REMEMBERED:
            remembered.clear()
        remembered[asked] = (now + self._fresh_seconds, found)
        return found

    def _read(self, number: int) -> ProjectKeys | None:
        if number >= 2**63:
            return None
        with self._engine.connect() as connection:
            found = tokens.project_keys(connection, number)
        return ProjectKeys(found.project, found.public_keys, found.identity_key, found.settings) if found else None

    def _read_number(self, public_key: str) -> int | None:
        with self._engine.connect() as connection:
            return tokens.number_of_key(connection, public_key)
