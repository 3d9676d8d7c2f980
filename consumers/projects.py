"""The projects of what is read, with their settings: remembered for seconds, so that a batch costs no query."""

import time
from collections.abc import Collection, Mapping

from models.domain.project import Project
from models.ports import Store

FRESH_SECONDS = 5.0
"""New settings hold after so long at most; a project that is new, with the first message that names it."""


class Projects:
    def __init__(self, store: Store, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._store = store
        self._fresh_seconds = fresh_seconds
        self._found: dict[str, Project] = {}
        self._until = time.monotonic() + fresh_seconds

    def named(self, names: Collection[str]) -> Mapping[str, Project]:
        """These projects, and maybe others; those that do not exist are left out."""
        now = time.monotonic()
        if now >= self._until:
            self._found = {}
            self._until = now + self._fresh_seconds
        if asked := sorted(name for name in set(names) - self._found.keys() if name and "\x00" not in name):
            with self._store.begin() as unit:
                self._found |= unit.projects(asked)
        return self._found
