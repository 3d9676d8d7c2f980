"""Which issues people merged into which: what was counted for a merged one is read as its survivor's.

The rows stay with the issue that they were counted for (docs/adr/0018), so that a merge can be undone. Where a project
has merged nothing, reading this is all that it costs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection, select

from models.store.tables import issue_merged


@dataclass(frozen=True)
class Merged:
    """What holds in a project while one question is answered."""

    survivors: Mapping[str, str] = field(default_factory=dict)
    """By merged issue. A survivor was never merged itself."""

    def survivor(self, issue: str) -> str:
        """The issue that people see this one as."""
        return self.survivors.get(issue, issue)

    def group(self, issue: str) -> tuple[str, ...]:
        """A survivor, then what was merged into it; of any other issue, itself."""
        return self._groups.get(issue, (issue,))

    def groups(self, issues: Iterable[str]) -> list[str]:
        """All that these survivors are made of."""
        return [member for issue in issues for member in self.group(issue)]

    @cached_property
    def members(self) -> frozenset[str]:
        """Every issue that is in a group of several."""
        return frozenset(self.survivors.keys() | self.survivors.values())

    @cached_property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for issue, survivor in sorted(self.survivors.items()):
            found[survivor].append(issue)
        return {survivor: (survivor, *merged) for survivor, merged in found.items()}


NONE = Merged()
"""Issues as they were counted."""


def merged(connection: Connection, project: str) -> Merged:
    columns = issue_merged.c
    rows = connection.execute(select(columns.issue, columns.survivor).where(columns.project == project))
    return Merged({row.issue: row.survivor for row in rows})
