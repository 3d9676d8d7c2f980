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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from analytics.correlation.changed_files import Changed, ChangedFile, ChangedFiles, Names, names_of
from analytics.grouping.v2.chains import inside_out
from analytics.grouping.v2.shapes import frames as stack_of
from analytics.grouping.v2.shapes import frames_beside

FRAMES = 30
"""From the failure down: what is deeper is a framework's, or tells nothing."""
NEAR = 2
SUFFICIENT = 2
"""Names at the end of two paths that agree: ``shop/cart.py`` is hardly found twice, ``utils.py`` often."""
ORDINALS = ("the top frame", "the second frame", "the third frame")


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Frame:
    paths: tuple[Names, ...]
    """As the client names the file, and where it lay when it ran."""
    function: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Suspect:
    change: Changed
    file: str
    frame: Frame
    depth: int
    """0 for the frame that failed first, among those of the code's own."""
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


class _Match(NamedTuple):
    """A file of a commit that a frame means; the least leads."""

    depth: int
    unmatched: int
    """Minus the names that agree."""
    shared_by: int
    place: int
    file: str
    names: int
    """Of the whole path of the file."""


def suspects(event: Mapping[str, Any], changed: ChangedFiles) -> list[Suspect]:
    """The commits that touched a file of the event's stack, the likeliest first; each with its best frame."""
    frames, are_own = frames_of(event)
    best: dict[int, _Match] = {}
    for file, (depth, unmatched) in _meant(frames, changed).items():
        for touch in file.touches:
            match = _Match(depth, unmatched, len(file.touches), touch.place, touch.file, len(file.names))
            best[touch.number] = min(match, best.get(touch.number, match))
    found = [
        _suspect(changed.changes[number], frames, match, are_own=are_own) for number, match in sorted(best.items())
    ]
    return sorted(found, key=_rank)


def frames_of(event: Mapping[str, Any]) -> tuple[list[Frame], bool]:
    """The frames of the code's own, the one that failed first; all of them where the client marked none, and False.

    The cause's come first, as in grouping, and after them those of what was raised from it.
    """
    raised = [frame for one in inside_out(event) for frame in reversed(stack_of(one))]
    stack = raised or list(reversed(frames_beside(event)))
    own = [frame for frame in stack if frame.get("in_app") is True]
    found = [_frame(frame) for frame in (own or stack)[:FRAMES]]
    return [frame for frame in found if frame.paths], bool(own)


def _frame(frame: Mapping[str, Any]) -> Frame:
    line = frame.get("lineno")
    return Frame(_paths(frame), _text(frame.get("function")), line if isinstance(line, int) else None)


def _paths(frame: Mapping[str, Any]) -> tuple[Names, ...]:
    """A bare ``Cart.java`` gets its folders from the module ``com.shop.Cart``."""
    filename, whole = names_of(_text(frame.get("filename"))), names_of(_text(frame.get("abs_path")))
    folders = _text(frame.get("module")).rpartition(".")[0].replace(".", "/")
    if folders and len(filename) == 1:
        filename += tuple(reversed(folders.split("/")))
    return tuple(path for path in dict.fromkeys((filename, whole)) if path)


def _meant(frames: Sequence[Frame], changed: ChangedFiles) -> Mapping[ChangedFile, tuple[int, int]]:
    """Each file that a frame means: how deep the first such frame is, and minus the names that agree there."""
    found: dict[ChangedFile, tuple[int, int]] = {}
    for depth, frame in enumerate(frames):
        for path in frame.paths:
            for file in changed.like(path):
                if matched := _agreement(file.names, path):
                    found[file] = min((depth, -matched), found.get(file, (depth, -matched)))
    return found


def _suspect(change: Changed, frames: Sequence[Frame], match: _Match, *, are_own: bool) -> Suspect:
    matched = -match.unmatched
    sure = matched >= SUFFICIENT or match.names == 1
    confidence = _confidence(match.depth, match.shared_by, sure=sure, are_own=are_own)
    return Suspect(change, match.file, frames[match.depth], match.depth, matched, match.shared_by, confidence)


def _confidence(depth: int, shared: int, *, sure: bool, are_own: bool) -> Confidence:
    alone = shared == 1
    if not are_own or depth > NEAR:
        return Confidence.LOW
    if depth == 0:
        return Confidence.HIGH if alone and sure else Confidence.MEDIUM
    return Confidence.MEDIUM if alone and sure else Confidence.LOW


def _agreement(one: Names, other: Names) -> int:
    """How many names at the end of two paths agree; 0 unless all of the shorter one do."""
    shorter = min(len(one), len(other))
    return shorter if one[:shorter] == other[:shorter] else 0


def _rank(one: Suspect) -> tuple[int, int, int, str]:
    return one.depth, -one.matched, one.shared_by, one.change.commit


def _ordinal(depth: int) -> str:
    return ORDINALS[depth] if depth < len(ORDINALS) else f"frame {depth + 1}"


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
