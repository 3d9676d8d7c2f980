"""What is read of an event, whatever its shape: nothing here raises, and what is not of its kind is left out."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]
TOO_LARGE = 1e300
"""A number of thousands of digits cannot be made a text (and says nothing)."""
FEW = 100
"""Exceptions of an event, and tags, that are looked at: SDKs send up to 10, and up to 100."""


def text(value: object) -> str:
    """A text or number without the spaces around it; empty for anything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(value) if abs(value) < TOO_LARGE else ""


def mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict) and one] if isinstance(value, list) else []


def exceptions(event: Json) -> list[Json]:
    """The exceptions as they were sent: the one that was raised is the last."""
    found = event.get("exception")
    values = found.get("values", found) if isinstance(found, dict) else found
    return mappings([values] if isinstance(values, dict) else values)[-FEW:]


def frames(holder: Json | None) -> list[Json]:
    """The frames of an exception, thread or event, the caller first."""
    stack = holder.get("stacktrace") if holder else None
    found = stack.get("frames") if isinstance(stack, dict) else None
    return [frame for frame in found if isinstance(frame, dict)] if isinstance(found, list) else []


def frames_beside(event: Json) -> list[Json]:
    """The frames of an event that has none in its exceptions: its own, else those of the thread that crashed."""
    if own := frames(event):
        return own
    threads = event.get("threads")
    every = mappings(threads.get("values") if isinstance(threads, dict) else threads)
    crashed = [thread for thread in every if thread.get("crashed") is True] or [
        thread for thread in every if thread.get("current") is True
    ]
    return frames(crashed[0]) if len(crashed) > 0 else []


def mechanism(exception: Json) -> Json:
    return mapping(exception.get("mechanism"))


WORD = re.compile(r"[^\W\d_]{2,}")
PLACE = re.compile(r"%(?:\(\w+\))?[\w.]|\{[^{}]*\}")
"""Where a template takes a parameter."""


def template(event: Json) -> str:
    """The message as the program has it, rather than the text that was made from it; `%s` alone has nothing to say."""
    found = _message(event, "message", "formatted")
    return found if WORD.search(PLACE.sub("", found)) else message(event)


def message(event: Json) -> str:
    """The text that was made of the message."""
    return _message(event, "formatted", "message")


def _message(event: Json, *names: str) -> str:
    for field in (event.get("logentry"), event.get("message")):
        options: Iterable[object] = [field.get(name) for name in names] if isinstance(field, dict) else [field]
        for option in options:
            if isinstance(option, str) and option.strip():
                return option.strip()
    return ""


def tags(event: Json) -> dict[str, str]:
    """Of a tag that is told twice, the smaller value: their order says nothing."""
    given = event.get("tags")
    pairs: Iterable[Any] = given.items() if isinstance(given, dict) else given if isinstance(given, list) else ()
    found: dict[str, str] = {}
    for pair in list(pairs)[:FEW]:
        if isinstance(pair, list | tuple) and len(pair) == 2:  # noqa: PLR2004 - name and value
            name, value = text(pair[0]), text(pair[1])
            found[name] = min(found.get(name, value), value)
    return found
