"""What a page shows of an event that was kept whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.grouping import v1
from models.wire.canonical.logentry import said

FRAMES = 50


@dataclass(frozen=True, slots=True)
class Frame:
    place: str
    function: str
    in_app: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    event_id: str
    kind: str
    message: str
    frames: tuple[Frame, ...]
    """The one that failed first."""


def sample_of(event_id: str, event: Mapping[str, Any]) -> Sample:
    """What a page shows of a stored event of any shape."""
    exception = v1.raised(event)
    message = _text((exception or {}).get("value")) or said(event)
    stack = [_frame(frame) for frame in reversed(v1.frames(exception) or v1.frames(event))]
    return Sample(event_id, _text((exception or {}).get("type")), message, tuple(stack[:FRAMES]))


def _frame(frame: Mapping[str, Any]) -> Frame:
    file = _text(frame.get("filename")) or _text(frame.get("abs_path")) or _text(frame.get("module")) or "?"
    line = frame.get("lineno")
    place = f"{file}:{line}" if isinstance(line, int) else file
    source = _text(frame.get("context_line"))
    return Frame(place, _text(frame.get("function")) or "?", frame.get("in_app") is True, source.rstrip() or None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
