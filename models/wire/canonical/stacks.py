"""Stacks, the caller first and the frame that crashed last."""

from typing import Any

from models.wire.canonical.faults import Faults
from models.wire.canonical.kinds import FLAG, LIST, NUMBER, TABLE, TEXT, of_kinds

MOST_FRAMES = 50
"""Of more, those in the middle are left out: the outermost say where it came from, the innermost where it broke."""
FRAME = {
    **dict.fromkeys(("filename", "abs_path", "module", "function", "raw_function", "context_line", "package"), TEXT),
    **dict.fromkeys(("lineno", "colno"), NUMBER),
    **dict.fromkeys(("pre_context", "post_context"), LIST),
    **dict.fromkeys(("vars", "data"), TABLE),
    "platform": TEXT,
    "in_app": FLAG,
}


def stack(given: object, place: str, faults: Faults) -> dict[str, Any] | None:
    """A stack with its frames in canonical form; None for one that has none, which is legal and common."""
    if given is None:
        return None
    told = given.get("frames") if isinstance(given, dict) else given
    if not isinstance(given, dict) or not isinstance(told, list | None):
        faults.add("invalid_data", place)
        return None
    frames = [
        of_kinds(frame, FRAME, f"{place}.frames.{number}.", faults)
        for number, frame in enumerate(told or ())
        if _is_frame(frame, place, number, faults)
    ]
    if len(frames) <= MOST_FRAMES:
        return given | {"frames": frames} if frames else None
    left_out = [MOST_FRAMES // 2, len(frames) - MOST_FRAMES // 2]
    reason = f"of {len(frames)} frames, those from {left_out[0]} to {left_out[1] - 1} are left out"
    faults.add("value_too_long", f"{place}.frames", reason)
    return given | {"frames": frames[: left_out[0]] + frames[left_out[1] :], "frames_omitted": left_out}


def _is_frame(frame: object, place: str, number: int, faults: Faults) -> bool:
    if isinstance(frame, dict):
        return True
    if frame is not None:
        faults.add("invalid_data", f"{place}.frames.{number}")
    return False
