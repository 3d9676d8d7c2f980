"""Which change may have brought an issue: the frames of its stack against the files of the commits of a release.

A commit is a suspect if it changed the file of a frame of ours. Ranked are, in this order: how near the frame is to the
failure, how much of the two paths agrees, how few commits touched that file. Confidence:

* ``high``: it alone touched the file of the top frame, and at least two names of the path agree (or the file lies at
  the root of its repository).
* ``medium``: the same file with less certainty: others touched it too, or only the file's own name agrees; or it alone
  touched the file of one of the two frames below the top one, and two names agree.
* ``low``: every other match; and all, where the client did not say which frames are its own code.

It names a change to look at, not who is to blame, and says on what grounds.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analytics.grouping import v1

FRAMES = 30
"""From the failure down: what is deeper is a framework's, or tells nothing."""
NEAR = 2
SUFFICIENT = 2
"""Names at the end of two paths that agree: ``shop/cart.py`` is hardly found twice, ``utils.py`` often."""
SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:/*")
ORDINALS = ("the top frame", "the second frame", "the third frame")


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


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
class Frame:
    paths: tuple[str, ...]
    """As the client names the file, and where it lay when it ran."""
    function: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Suspect:
    change: Changed
    file: str
    frame: Frame
    depth: int
    """0 for the frame that failed, among those of the code's own."""
    matched: int
    """Names at the end of the two paths that agree."""
    shared_by: int
    """Commits that touched the file, this one among them."""
    confidence: Confidence

    @property
    def evidence(self) -> str:
        """``touches shop/cart.py, the top frame (total, line 88)``."""
        where = ", ".join(str(part) for part in (self.frame.function, self._line()) if part)
        others = f"; {self.shared_by - 1} more touched it" if self.shared_by > 1 else ""
        return f"touches {self.file}, {_ordinal(self.depth)}" + (f" ({where})" if where else "") + others

    def _line(self) -> str | None:
        return None if self.frame.line is None else f"line {self.frame.line}"


def suspects(event: Mapping[str, Any], changes: Sequence[Changed]) -> list[Suspect]:
    """The commits that touched a file of the event's stack, the likeliest first; each with its best frame."""
    frames, are_own = frames_of(event)
    touched = Counter(path for change in changes for path in {_normal(file) for file in change.files})
    found = []
    for change in changes:
        matches = list(_matches(change, frames, touched, are_own=are_own))
        if matches:
            found.append(min(matches, key=_rank))
    return sorted(found, key=_rank)


def frames_of(event: Mapping[str, Any]) -> tuple[list[Frame], bool]:
    """The frames of the code's own, the one that failed first; all of them where the client marked none, and False."""
    stack = list(reversed(v1.frames(v1.raised(event)) or v1.frames(event)))
    own = [frame for frame in stack if frame.get("in_app") is True]
    found = [_frame(frame) for frame in (own or stack)[:FRAMES]]
    return [frame for frame in found if frame.paths], bool(own)


def _frame(frame: Mapping[str, Any]) -> Frame:
    line = frame.get("lineno")
    return Frame(_paths(frame), _text(frame.get("function")), line if isinstance(line, int) else None)


def _paths(frame: Mapping[str, Any]) -> tuple[str, ...]:
    """A bare ``Cart.java`` gets its folders from the module ``com.shop.Cart``."""
    filename, whole = _normal(_text(frame.get("filename"))), _normal(_text(frame.get("abs_path")))
    folders = _text(frame.get("module")).rpartition(".")[0].replace(".", "/")
    if filename and folders and "/" not in filename:
        filename = f"{folders}/{filename}"
    return tuple(path for path in dict.fromkeys((filename, whole)) if path)


def _matches(
    change: Changed, frames: Sequence[Frame], touched: Mapping[str, int], *, are_own: bool
) -> Iterable[Suspect]:
    for file in change.files:
        path = _normal(file)
        for depth, frame in enumerate(frames):
            if matched := max(_agreement(path, one) for one in frame.paths):
                shared = touched[path]
                sure = matched >= SUFFICIENT or "/" not in path
                confidence = _confidence(depth, shared, sure=sure, are_own=are_own)
                yield Suspect(change, file, frame, depth, matched, shared, confidence)
                break


def _confidence(depth: int, shared: int, *, sure: bool, are_own: bool) -> Confidence:
    alone = shared == 1
    if not are_own or depth > NEAR:
        return Confidence.LOW
    if depth == 0:
        return Confidence.HIGH if alone and sure else Confidence.MEDIUM
    return Confidence.MEDIUM if alone and sure else Confidence.LOW


def _agreement(one: str, other: str) -> int:
    """How many names at the end of two paths agree; 0 unless all of the shorter one do."""
    first, second = one.split("/")[::-1], other.split("/")[::-1]
    shorter = min(len(first), len(second))
    return shorter if first[:shorter] == second[:shorter] and first[0] else 0


def _rank(one: Suspect) -> tuple[int, int, int, str]:
    return one.depth, -one.matched, one.shared_by, one.change.commit


def _normal(path: str) -> str:
    """Without scheme, query and dots; a backslash is a slash."""
    plain = path.partition("?")[0].partition("#")[0].replace("\\", "/")
    if SCHEME.match(plain):
        plain = SCHEME.sub("", plain)
    return "/".join(part for part in plain.split("/") if part not in ("", ".", ".."))


def _ordinal(depth: int) -> str:
    return ORDINALS[depth] if depth < len(ORDINALS) else f"frame {depth + 1}"


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
