"""What this process knows of issues' keys, so that an event of a known cause costs no query."""

from analytics.grouping.v2.joining import Recorded

KEYS = 100_000
"""At about 250 bytes a key the memory of them stays below 25 MB."""
PRIMARY_KEYS = 20_000
LOOKS = 5
"""Of those with one primary key, so many events are looked at for other keys: the ways to a failure are few."""


class KnownKeys:
    """Keys as they were read or committed, with the version of what people taught that they were read under."""

    def __init__(self) -> None:
        self._committed: dict[tuple[str, str], Recorded] = {}
        self._pending: dict[tuple[str, str], Recorded] = {}
        self._looks: dict[tuple[str, str], int] = {}
        self._taught: dict[str, int] = {}

    def get(self, project: str, key: str) -> Recorded | None:
        return self._pending.get((project, key)) or self._committed.get((project, key))

    def add(self, project: str, key: str, recorded: Recorded) -> None:
        """It is forgotten unless the batch is kept."""
        self._pending[project, key] = recorded

    def is_worth_a_look(self, project: str, primary: str) -> bool:
        """Whether few of the events with a primary key were asked for their other keys. Asking counts."""
        if len(self._looks) > PRIMARY_KEYS:
            self._looks.clear()
        looks = self._looks.get((project, primary), 0)
        self._looks[project, primary] = looks + 1
        return looks < LOOKS

    def taught(self, project: str, version: int) -> None:
        """Forget the project's keys if people taught something since they were read."""
        if self._taught.get(project, version) != version:
            self._committed = {key: found for key, found in self._committed.items() if key[0] != project}
        self._taught[project] = version

    def is_taught(self, project: str) -> bool:
        return self._taught.get(project, 0) > 0

    def commit(self) -> None:
        if len(self._committed) + len(self._pending) > KEYS:
            self._committed.clear()
        self._committed |= self._pending
        self._pending.clear()

    def rollback(self) -> None:
        self._pending.clear()
