"""Explicit fingerprints: the project's own rules, then the client's ``checksum`` or ``fingerprint``."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from analytics.grouping.v2.chains import causes
from analytics.grouping.v2.faults import UNREADABLE, deciding
from analytics.grouping.v2.platforms import of_event
from analytics.grouping.v2.shapes import Json, exceptions, frames, frames_beside, message, tags, text
from models.domain import glob
from models.domain.project import FingerprintRule

MOST = 20
"""Parts of a fingerprint that count."""
DEFAULT = re.compile(r"\{\{\s*default\s*\}\}")
VARIABLE = re.compile(r"\{\{\s*([\w.:@/-]+)\s*\}\}")
ALIASES = {
    "error.type": "type",
    "error.value": "value",
    "stack.function": "function",
    "stack.module": "module",
    "stack.package": "package",
    "path": "stack.abs_path",
    "filename": "stack.filename",
}


def given(event: Json, rules: Sequence[FingerprintRule]) -> tuple[str, tuple[str, ...]]:
    """Who gave the event a fingerprint, and its parts, of which `is_default` may be some; empty if nobody did.

    A project's rule wins over its clients; of these, ``checksum`` is the older form of a fingerprint, and is one alone.
    """
    for rule in rules:
        if rule.match and all(_holds(event, attribute, pattern) for attribute, pattern in rule.match):
            return "rule", _resolved(event, rule.fingerprint)
    if checksum := text(event.get("checksum")):
        return "checksum", (checksum,)
    sent = event.get("fingerprint")
    return "client", _resolved(event, [text(part) for part in sent] if isinstance(sent, list) else [])


def is_default(part: str) -> bool:
    return DEFAULT.fullmatch(part) is not None


def is_all_default(parts: Iterable[str]) -> bool:
    """Also of no parts at all."""
    return all(is_default(part) for part in parts)


def _resolved(event: Json, parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        "{{ default }}" if is_default(part) else VARIABLE.sub(lambda found: _value(event, found[1], found[0]), part)
        for part in parts[:MOST]
        if part
    )


def _value(event: Json, name: str, written: str) -> str:
    """What a variable stands for; what is missing is said so, and what is no variable is left as it was written."""
    name = ALIASES.get(name, name)
    if name.startswith("tags."):
        return tags(event).get(name.removeprefix("tags.")) or f"<no-value-for-tag-{name.removeprefix('tags.')}>"
    if name not in VARIABLES:
        return written
    return next((found for found in VARIABLES[name](event) if found), f"<no-{name.removeprefix('stack.')}>")


def _exception(field: str) -> Callable[[Json], list[str]]:
    """Of the exception that was raised first, for it is what people see."""
    return lambda event: [text(one.get(field)) for one in reversed(exceptions(event))]


def _frame(field: str) -> Callable[[Json], list[str]]:
    def values(event: Json) -> list[str]:
        frame = _deciding_frame(event)
        return [text(frame.get(field))] if frame else []

    return values


def _deciding_frame(event: Json) -> Json:
    platform = of_event(event)
    stacks = [stack for one in reversed(exceptions(event)) if (stack := frames(one))] or [frames_beside(event)]
    found = deciding(stacks[0], platform)
    if found is None or found is UNREADABLE:
        return stacks[0][-1] if stacks[0] else {}
    return found[1]


def _message(event: Json) -> list[str]:
    return [message(event), *_exception("value")(event)]


def _field(field: str) -> Callable[[Json], list[str]]:
    return lambda event: [text(event.get(field))]


VARIABLES: Mapping[str, Callable[[Json], Sequence[str]]] = {
    "type": _exception("type"),
    "value": _exception("value"),
    "message": _message,
    "function": _frame("function"),
    "module": _frame("module"),
    "package": _frame("package"),
    "stack.abs_path": lambda event: [*_frame("abs_path")(event), *_frame("filename")(event)],
    "stack.filename": _frame("filename"),
    "level": lambda event: [text(event.get("level")) or "error"],
    "logger": _field("logger"),
    "transaction": _field("transaction"),
}
"""Each gives the values that there may be, the best first."""


def _every_frame(*fields: str) -> Callable[[Json], list[str]]:
    def values(event: Json) -> list[str]:
        holders = [one for cause in causes(event, of_event(event)) for one in cause.chain]
        stacks = [frames(one) for one in holders] or [frames_beside(event)]
        return [text(frame.get(field)) for stack in stacks for frame in stack for field in fields]

    return values


MATCHED: Mapping[str, Callable[[Json], Sequence[str]]] = {
    **VARIABLES,
    "function": _every_frame("function"),
    "module": _every_frame("module"),
    "package": _every_frame("package"),
    "stack.abs_path": _every_frame("abs_path", "filename"),
    "stack.filename": _every_frame("filename"),
}
"""A rule asks of any exception and of any frame."""


def _holds(event: Json, attribute: str, pattern: str) -> bool:
    attribute = ALIASES.get(attribute, attribute)
    if attribute.startswith("tags."):
        values: Iterable[str] = [tags(event).get(attribute.removeprefix("tags."), "")]
    else:
        values = MATCHED[attribute](event) if attribute in MATCHED else ()
    return any(glob.matches(pattern, value) for value in values if value)
