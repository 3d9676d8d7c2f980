"""``grouping/v1``: which events have one cause.

The ladder of `sentry-protocol.md`, 4.4, the first rung that contributes: an explicit fingerprint; the raised
exception's type with its in-app frames; with all frames; its type with the parameterised value; the message; level,
logger and transaction. A key never depends on ids, times, line numbers, the release, or the order of tags. A change of
meaning is a new file beside this one: stored keys keep theirs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

VERSION = "grouping/v1"
FRAMES = 50
"""Frames that count, from the one that crashed: SDKs send up to 100 and cut in the middle."""
VALUE_CHARACTERS = 400
TOO_LARGE = 1e300
"""A number of thousands of digits cannot be made a text (and says nothing)."""
DEFAULT = re.compile(r"^\{\{\s*default\s*\}\}$")

PARAMETERS = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+\.[\w.-]+)"
    r"|(?P<url>\b[a-z][a-z0-9+.-]*://[^\s'\"<>)]+)"
    r"|(?P<uuid>\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b)"
    r"|(?P<ip>\b(?:\d{1,3}\.){3}\d{1,3}\b)"
    r"|(?P<date>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?)"
    r"|(?P<hex>\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b)"
    r"|(?P<quoted>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<number>(?<![\w])[-+]?\d+(?:\.\d+)?)"
)
HASHED_NAME = re.compile(r"([._-])(?=[0-9a-zA-Z_]*\d)[0-9a-zA-Z_]{6,}(?=\.[a-z]+$)")
"""The content hash in ``main.3f2a1c.js``: a bundle's name changes with every build."""


@dataclass(frozen=True, slots=True)
class Grouping:
    key: str
    title: str
    culprit: str | None
    level: str
    parts: tuple[str, ...]
    """What contributed, in order; the first names the rung of the ladder."""
    version: str = VERSION


def group(event: Mapping[str, Any]) -> Grouping:
    """The grouping of a Sentry event of any shape; never raises."""
    exception = raised(event)
    default = _default_parts(event, exception)
    parts = _fingerprint(event.get("fingerprint"), default) or default
    return Grouping(
        key="\n".join(parts),
        title=_title_of(event, exception),
        culprit=_culprit_of(event, exception),
        level=_text(event.get("level")) or "error",
        parts=parts,
    )


def title(event: Mapping[str, Any]) -> str:
    """What people call the error: the raised exception's type and the first line it says, else the message's."""
    return _title_of(event, raised(event))


def culprit(event: Mapping[str, Any]) -> str | None:
    """Where it happened, for people."""
    return _culprit_of(event, raised(event))


def issue_id(project: str, key: str) -> str:
    """32 hexadecimal characters, the same wherever they are made."""
    return blake2b(f"{project}\n{VERSION}\n{key}".encode("utf-8", "replace"), digest_size=16).hexdigest()


def raised(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The exception that was raised, the last of the chain, or None."""
    exception = event.get("exception")
    values: Any = exception.get("values", exception) if isinstance(exception, dict) else exception
    if isinstance(values, dict):
        values = [values]
    found = [value for value in values if isinstance(value, dict) and value] if isinstance(values, list) else []
    return found[-1] if found else None


def frames(holder: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The frames of an exception or event, the caller first."""
    stack = holder.get("stacktrace") if holder else None
    found = stack.get("frames") if isinstance(stack, dict) else None
    return [frame for frame in found if isinstance(frame, dict)] if isinstance(found, list) else []


def parameterise(text: str) -> str:
    """``user 17 at 10.0.0.1`` to ``user <number> at <ip>``; the first two lines that are not empty."""
    lines = [line.strip() for line in text[:VALUE_CHARACTERS].splitlines() if line.strip()]
    return PARAMETERS.sub(lambda match: f"<{match.lastgroup}>", "\n".join(lines[:2]))


def _default_parts(event: Mapping[str, Any], exception: Mapping[str, Any] | None) -> tuple[str, ...]:
    if exception is not None:
        return _exception_parts(exception, frames(exception) or frames(event))
    if message := _message(event):
        return "message", parameterise(message)
    names = (event.get("level"), event.get("logger"), event.get("transaction"))
    return "fallback", *(_text(name) for name in names)


def _exception_parts(exception: Mapping[str, Any], stack: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    mechanism = exception.get("mechanism")
    synthetic = isinstance(mechanism, dict) and mechanism.get("synthetic") is True
    kind = "" if synthetic else _text(exception.get("type"))
    in_app = _frame_parts([frame for frame in stack if frame.get("in_app") is True])
    if in_app:
        return "in-app frames", kind, *in_app
    if every := _frame_parts(stack):
        return "all frames", kind, *every
    return "type and value", _text(exception.get("type")), parameterise(_text(exception.get("value")))


def _frame_parts(stack: Sequence[Mapping[str, Any]]) -> list[str]:
    parts: list[str] = []
    for frame in stack[-FRAMES:]:
        part = _frame_part(frame)
        if part and (not parts or parts[-1] != part):  # recursion of any depth is one frame
            parts.append(part)
    return parts


def _frame_part(frame: Mapping[str, Any]) -> str:
    function = _text(frame.get("function"))
    if function in ("?", "<anonymous>"):
        function = ""
    filename = _text(frame.get("filename")) or _text(frame.get("abs_path"))
    if "://" in filename or filename.startswith("app:"):
        # A bundle's address changes with every deploy: alone it decides nothing.
        return f"{_file(filename)} {function}" if function else ""
    place = _text(frame.get("module")) or _file(filename)
    return f"{place} {function}".strip()


def _file(path: str) -> str:
    name = path.partition("?")[0].partition("#")[0].replace("\\", "/").rpartition("/")[2].lower()
    return HASHED_NAME.sub(r"\1<hash>", name)


def _fingerprint(fingerprint: object, default: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of an explicit fingerprint; empty if there is none, or if it only says ``{{ default }}``."""
    given = [_text(part) for part in fingerprint] if isinstance(fingerprint, list) else []
    given = [part for part in given if part]
    if not given or all(DEFAULT.match(part) for part in given):
        return ()
    parts = ["fingerprint"]
    for part in given:
        parts += default if DEFAULT.match(part) else [part]
    return tuple(parts)


def _title_of(event: Mapping[str, Any], exception: Mapping[str, Any] | None) -> str:
    if exception is not None:
        kind, value = _text(exception.get("type")), _text(exception.get("value")).partition("\n")[0]
        title = ": ".join(part for part in (kind, value) if part)
    else:
        title = _message(event).partition("\n")[0]
    return title[:300] or "Unnamed error"


def _culprit_of(event: Mapping[str, Any], exception: Mapping[str, Any] | None) -> str | None:
    stack = frames(exception) or frames(event)
    in_app = [frame for frame in stack if frame.get("in_app") is True] or stack
    if in_app and (part := _frame_part(in_app[-1])):
        return part
    return _text(event.get("transaction")) or None


def _message(event: Mapping[str, Any]) -> str:
    """The template rather than the text made from it."""
    for field in (event.get("logentry"), event.get("message")):
        if isinstance(field, dict):
            field = field.get("message") or field.get("formatted")  # noqa: PLW2901 - the two shapes of one field
        if field and isinstance(field, str):
            return field
    return ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(value) if abs(value) < TOO_LARGE else ""
