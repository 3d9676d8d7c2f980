"""The index of changed files finds what comparing every file with every frame finds."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from analytics.correlation.changed_files import Changed, ChangedFiles
from analytics.correlation.suspects import FRAMES, suspects

NAMES = some.sampled_from(["cart.py", "web.py", "shop", "src", ".", "..", ""])
HEADS = some.sampled_from(["", "/", "./", "app:///", "https://shop.example/", "C:\\"])
TAILS = some.sampled_from(["", "", "?1f", "#top"])
Ranked = tuple[str, str, int, int, int]
"""Commit, file, depth, names that agree, commits that touched the file."""


@some.composite
def path(draw: some.DrawFn) -> str:
    slash = draw(some.sampled_from(["/", "/", "\\"]))
    return draw(HEADS) + slash.join(draw(some.lists(NAMES, max_size=4))) + draw(TAILS)


MODULES = some.sampled_from(["", "Cart", "shop.Cart", "com..shop.Cart", "src/shop.Cart"])
FRAME = some.fixed_dictionaries({"filename": path(), "abs_path": path(), "module": MODULES, "in_app": some.booleans()})
STACKS = some.lists(FRAME, max_size=6)
CHANGES = some.lists(some.lists(path(), max_size=4), max_size=5).map(
    lambda told: [Changed(f"c{len(told) - number}", "", "", "", tuple(files)) for number, files in enumerate(told)]
)


@given(STACKS, CHANGES)
def test_the_index_gives_what_comparing_all_gives(frames: list[dict[str, Any]], changes: list[Changed]) -> None:
    """The same commits, in the same order, by the same files and frames."""
    event = {"exception": {"values": [{"stacktrace": {"frames": frames}}]}}
    found = suspects(event, ChangedFiles.of(changes))
    got = [(one.change.commit, one.file, one.depth, one.matched, one.shared_by) for one in found]
    assert got == plainly(frames, changes)


def plainly(frames: Sequence[dict[str, Any]], changes: Sequence[Changed]) -> list[Ranked]:
    stack = list(reversed(frames))
    stack = ([frame for frame in stack if frame["in_app"]] or stack)[:FRAMES]
    paths = [one for one in map(paths_of, stack) if one]
    touched = Counter(path for change in changes for path in {normal(file) for file in change.files})
    best = []
    for change in changes:
        told = []
        for file in change.files:
            agreed = [max(agreement(normal(file), one) for one in among) for among in paths]
            depth = next((depth for depth, matched in enumerate(agreed) if matched), None)
            if depth is not None:
                told.append((change.commit, file, depth, agreed[depth], touched[normal(file)]))
        if told:
            best.append(min(told, key=rank))
    return sorted(best, key=rank)


def rank(one: Ranked) -> tuple[int, int, int, str]:
    commit, _, depth, matched, shared = one
    return depth, -matched, shared, commit


def paths_of(frame: dict[str, Any]) -> list[str]:
    filename, folders = normal(frame["filename"]), frame["module"].rpartition(".")[0].replace(".", "/")
    if filename and folders and "/" not in filename:
        filename = f"{folders}/{filename}"
    return [one for one in (filename, normal(frame["abs_path"])) if one]


def agreement(one: str, other: str) -> int:
    first, second = one.split("/")[::-1], other.split("/")[::-1]
    shorter = min(len(first), len(second))
    return shorter if first[:shorter] == second[:shorter] and first[0] else 0


def normal(path: str) -> str:
    plain = path.partition("?")[0].partition("#")[0].replace("\\", "/")
    plain = re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*:/*", "", plain)
    return "/".join(part for part in plain.split("/") if part not in ("", ".", ".."))
