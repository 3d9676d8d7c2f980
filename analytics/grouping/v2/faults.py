"""What one cause is known by, in the words of a key: the ladder's rungs for exceptions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from analytics.grouping.v2 import frames as reading
from analytics.grouping.v2 import recursion
from analytics.grouping.v2.chains import Cause
from analytics.grouping.v2.frames import LONGEST_LINE, Frame
from analytics.grouping.v2.names import clean_type
from analytics.grouping.v2.parameters import codes, is_telling, names, of_script, parameterise
from analytics.grouping.v2.platforms import JAVASCRIPT
from analytics.grouping.v2.shapes import Json, mechanism, text
from analytics.grouping.v2.shapes import frames as frames_of
from analytics.grouping.v2.wrappers import is_wrapper

Parts: TypeAlias = tuple[str, ...]
Rung: TypeAlias = Literal["recursion", "in-app frame", "all frames", "type and value", "message"]

Details: TypeAlias = tuple[tuple[Literal["value", "code", "name", "source"], str], ...]
"""The message of what a wrapper passed on; of a message, a code and a name of the program; a statement that raises."""
Deciding: TypeAlias = "tuple[Frame, Json] | None"
UNREADABLE: Deciding = (Frame("", "", in_app=True, use="unreadable"), {})
"""What decides where only a bundler knows the application's functions: nothing."""
RAISES = re.compile(r"(?:raise|throw|panic|abort|fail)\b")
SAYS = re.compile(r"['\"`]")
MOST_FRAMES = 50
"""Of a stack, counted from the one that failed: SDKs send up to 100, and cut in the middle."""
LONGEST_STACK = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One cause, read."""

    kind: str
    """The type of the exception; empty where it says nothing."""
    value: str
    """What the exception says, as it was sent."""
    rung: Rung
    parts: Parts
    """The contribution to the primary key; the first names the rung."""
    decides: Json | None
    """The frame that decided."""
    stack: Sequence[Json]
    """The frames that were looked at, the caller first."""
    details: Details
    """What contributes beside the frame that decided."""


def read(cause: Cause, beside: Sequence[Json], platform: str) -> Fault:
    """``beside``: the frames that the event has outside of its exceptions."""
    exception = cause.exception
    kind = "" if mechanism(exception).get("synthetic") is True else clean_type(platform, text(exception.get("type")))
    value = text(exception.get("value"))
    stacks = [stack for one in cause.chain if (stack := frames_of(one)[-LONGEST_STACK:])] or [list(beside)]
    if not kind and value and (platform == JAVASCRIPT or not stacks[0]):
        # What an SDK made of a message, or of something thrown that is no error: its stack is the SDK's caller's.
        return Fault(kind, value, "message", ("message", said(value, platform)), None, stacks[0], ())
    if recursion.is_exhausted(text(exception.get("type")), value) and (circle := _circle(stacks[0], platform)):
        return Fault(kind, value, "recursion", ("recursion", *circle), None, stacks[0], ())
    if len(cause.chain) > 1 and not frames_of(exception) and (alone := value_parts(kind, value, platform)):
        # The stacks there are tell who passed it on.
        return Fault(kind, value, "type and value", alone, None, stacks[0], ())
    return _by_frames(kind, value, stacks, platform)


def _by_frames(kind: str, value: str, stacks: Sequence[Sequence[Json]], platform: str) -> Fault:
    for stack in stacks:
        found = deciding(stack, platform)
        if found is UNREADABLE:
            break
        if found is not None:
            frame, raw = found
            guarded = bool(value) and ((frame.use == "anonymous" and not frame.line) or is_wrapper(frame, raw, kind))
            details = (("value", said(value, platform)),) if guarded else told_by(value, raw, platform)
            parts = ("in-app frame", kind, frame.text, *(told for _, told in details))
            return Fault(kind, value, "in-app frame", parts, raw, stack, details)
    else:
        if every := all_frames(stacks[0], platform):
            return Fault(kind, value, "all frames", ("all frames", kind, *every), None, stacks[0], ())
    parts = ("type and value", kind, said(value, platform))
    return Fault(kind, value, "type and value", parts, None, stacks[0], ())


def deciding(stack: Sequence[Json], platform: str) -> Deciding:
    """The application's frame that is nearest to the failure, as read and as sent; None if no frame is its own.

    A function without a name is known by its line of source, else by the function of its file that it was written in.
    """
    nameless: tuple[Frame, Json] | None = None
    for raw in reversed(stack):
        frame = reading.read(raw, platform)
        if frame.use == "left out" or not frame.in_app:
            continue
        if frame.use == "unreadable":
            return UNREADABLE
        if nameless is None and (frame.use == "named" or frame.line):
            return frame, raw
        if nameless is None:
            nameless = frame, raw
        elif frame.use == "named" and frame.place == nameless[0].place:
            return frame, raw
    return nameless if nameless is None or nameless[0].place else UNREADABLE


def all_frames(stack: Sequence[Json], platform: str) -> list[str]:
    """What every frame contributes, a recursion once."""
    read = (frame for frame in reading.read_all(stack[-MOST_FRAMES:], platform))
    texts = [frame.text for frame in read if counts(frame)]
    return [texts[place] for place in recursion.collapse(texts)]


def counts(frame: Frame) -> bool:
    """Whether a frame contributes where all of them do."""
    return frame.use in {"named", "anonymous"} and bool(frame.text)


def _circle(stack: Sequence[Json], platform: str) -> Parts:
    read = [frame for frame in reading.read_all(stack, platform) if frame.use == "named"]
    return recursion.circle([frame.text for frame in read if frame.in_app]) or recursion.circle(
        [frame.text for frame in read]
    )


def stack_parts(fault: Fault, platform: str) -> Parts:
    """The whole stack, whoever owns its frames: it stays the same when the client's in-app flags change."""
    return ("all frames", fault.kind, *all_frames(fault.stack, platform))


def told_by(value: str, raw: Json, platform: str) -> Details:
    """What tells several causes in one function apart: codes in the message, and names of the program or a statement.

    The language names what it did not find in a line that it ran. Where a line raises, it says for itself what for, and
    its message quotes what people typed. Browsers name the same thing by different names.
    """
    line = " ".join(text(raw.get("context_line")).split())
    told: Details = tuple(("code", code) for code in codes(value))
    if RAISES.match(line):
        return (*told, ("source", line)) if SAYS.search(line) and len(line) <= LONGEST_LINE else told
    called = [] if platform == JAVASCRIPT else names(value, line)
    return (*told, *(("name", name) for name in called))


def value_parts(kind: str, value: str, platform: str) -> Parts:
    """Type and message alone; empty where they say too little to know a cause by."""
    parameterised = said(value, platform)
    return ("type and value", kind, parameterised) if is_telling(parameterised) else ()


def said(value: str, platform: str) -> str:
    """What an exception says, without what differs from event to event and from build to build."""
    return of_script(value) if platform == JAVASCRIPT else parameterise(value)
