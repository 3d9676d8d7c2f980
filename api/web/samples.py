"""What a page shows of an event that was kept whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics.grouping.v2.chains import inside_out
from analytics.grouping.v2.shapes import frames, frames_beside
from models.wire.canonical.logentry import said

FRAMES = 50


@dataclass(frozen=True, slots=True)
class Frame:
    place: str
    function: str
    in_app: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """One exception of an event; or the event itself, where it has none."""

    kind: str
    message: str
    frames: tuple[Frame, ...]
    """The one that failed first."""


@dataclass(frozen=True, slots=True)
class Sample:
    event_id: str
    failures: tuple[Failure, ...]
    """The cause first, and then what was raised from it; of a group, each of its causes."""


def sample_of(event_id: str, event: Mapping[str, Any]) -> Sample:
    """What a page shows of a stored event of any shape."""
    beside = _stack(frames_beside(event))
    raised = [
        Failure(_text(one.get("type")), _text(one.get("value")), _stack(frames(one))) for one in inside_out(event)
    ]
    if not raised:
        return Sample(event_id, (Failure("", said(event), beside),))
    if not any(one.frames for one in raised):
        raised[0] = replace(raised[0], frames=beside)
    return Sample(event_id, (replace(raised[0], message=raised[0].message or said(event)), *raised[1:]))


def _stack(sent: Sequence[Mapping[str, Any]]) -> tuple[Frame, ...]:
    return tuple(_frame(frame) for frame in reversed(sent[-FRAMES:]))


def _frame(frame: Mapping[str, Any]) -> Frame:
    file = _text(frame.get("filename")) or _text(frame.get("abs_path")) or _text(frame.get("module")) or "?"
    line = frame.get("lineno")
    place = f"{file}:{line}" if isinstance(line, int) else file
    source = _text(frame.get("context_line"))
    return Frame(place, _text(frame.get("function")) or "?", frame.get("in_app") is True, source.rstrip() or None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
