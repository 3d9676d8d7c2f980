"""The files that commits changed, by how their paths end, so that a stack is compared with the few that it may mean."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

MOST_FILES = 5_000
"""Of a release: 200 commits of 25 files. A page that shows it takes all of them apart first: 5 µs each, 25 ms."""
SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:/*")

Names: TypeAlias = tuple[str, ...]
"""A path from its end: ``("cart.py", "shop", "src")``."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A commit with the files that it changed."""

    commit: str
    message: str
    author: str
    release: str
    """With whose deploy it was told."""
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Touch:
    """One commit that touched a file."""

    number: int
    """Of the commit among all changes."""
    place: int
    """Of the file among the commit's."""
    file: str
    """As the commit names it."""


@dataclass(frozen=True, slots=True, eq=False)
class ChangedFile:
    """One path; each is itself alone."""

    names: Names
    touches: tuple[Touch, ...]
    """One for each commit."""


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    changes: Sequence[Changed]
    by_end: Mapping[Names, Sequence[ChangedFile]]
    """Files by their own name and their folder's: every folder may have a ``models.py``."""
    by_name: Mapping[str, Sequence[ChangedFile]]
    left_out: int
    """Files of commits that are not looked at."""

    @classmethod
    def of(cls, changes: Sequence[Changed], most: int = MOST_FILES) -> "ChangedFiles":
        """Beyond ``most`` files, the commits that changed most are left out: they point at nothing in particular."""
        kept, left_out = _kept(changes, most)
        touches: dict[Names, dict[int, Touch]] = defaultdict(dict)
        for number in kept:
            for place, file in enumerate(changes[number].files):
                touches[names_of(file)].setdefault(number, Touch(number, place, file))
        by_end: dict[Names, list[ChangedFile]] = defaultdict(list)
        by_name: dict[str, list[ChangedFile]] = defaultdict(list)
        for names, by_commit in touches.items():
            if names:
                changed = ChangedFile(names, tuple(by_commit.values()))
                by_end[names[:2]].append(changed)
                by_name[names[0]].append(changed)
        return cls(changes, by_end, by_name, left_out)

    def like(self, path: Names) -> Iterable[ChangedFile]:
        """All files whose paths may end as this one does, or it as theirs."""
        if len(path) == 1:
            return self.by_name.get(path[0], ())
        return (*self.by_end.get(path[:2], ()), *self.by_end.get(path[:1], ()))


def names_of(path: str) -> Names:
    """Without scheme, query and dots; a backslash is a slash."""
    plain = path.partition("?")[0].partition("#")[0].replace("\\", "/")
    parts = SCHEME.sub("", plain).split("/")
    return tuple(part for part in reversed(parts) if part not in ("", ".", ".."))


def _kept(changes: Sequence[Changed], most: int) -> tuple[Iterable[int], int]:
    """The numbers of the changes to look at, and how many files the others have."""
    kept, files = [], 0
    numbers = sorted(range(len(changes)), key=lambda number: len(changes[number].files))
    for number in numbers:
        if files + len(changes[number].files) > most:
            break
        files += len(changes[number].files)
        kept.append(number)
    return sorted(kept), sum(len(change.files) for change in changes) - files
