"""What an event says in words: a template, its parameters, and the text that they make."""

import re
from collections.abc import Iterator, Mapping
from re import Match
from typing import Any

from models.wire.canonical.faults import Faults
from models.wire.canonical.kinds import cut, json_text, number

LONGEST_MESSAGE = 8_192
PERCENT = re.compile(
    r"%%|%(?:\((?P<name>\w{1,80})\))?(?P<form>[-#0 +]{0,5}\d{0,3}(?:\.\d{1,3})?[hlL]?[diouxXeEfFgGcrsa])"
)
"""``%s`` and ``%(name)s``, as Python's logging writes them."""
BRACES = re.compile(r"\{(?P<name>\w{0,80})(?:[:!](?P<form>[^{}]{0,20}))?\}")
"""``{}``, ``{0}`` and ``{name}``, in templates without the former."""


def logentry(event: Mapping[str, Any], faults: Faults) -> dict[str, Any] | None:
    """``message`` (the template), ``formatted`` and ``params``; from ``logentry``, else from ``message``.

    Each is a text, or a table of the three. Without a template of its own, the text is the template.
    """
    for name in ("logentry", "message"):
        if found := _told(event.get(name), name, faults):
            return found
    return None


def said(event: Mapping[str, Any]) -> str:
    """What a stored event says in words; one that was stored before there was a canonical form may say it otherwise."""
    entry = logentry(event, Faults())
    return entry["formatted"] if entry else ""


def _told(given: object, name: str, faults: Faults) -> dict[str, Any] | None:
    table = given if isinstance(given, dict) else {"message": given}
    message, formatted = (_text(table.get(field)) for field in ("message", "formatted"))
    params = table.get("params")
    if not isinstance(params, list | dict | None):
        faults.add("invalid_data", f"{name}.params")
        params = None
    template = message or formatted
    if template is None:
        return None
    whole = formatted or (interpolated(template, params) if params else template)
    entry: dict[str, Any] = {
        "message": cut(template, LONGEST_MESSAGE, f"{name}.message", faults),
        "formatted": cut(whole, LONGEST_MESSAGE, f"{name}.formatted", faults),
    }
    return entry | {"params": params} if params else entry


def interpolated(template: str, params: list[Any] | dict[str, Any]) -> str:
    """The template with its parameters; a placeholder that has none stays."""
    following = iter(params if isinstance(params, list) else ())
    short = template[:LONGEST_MESSAGE]
    pieces, at, size = [], 0, 0
    for match in (PERCENT if PERCENT.search(short) else BRACES).finditer(short):
        pieces += [short[at : match.start()], _filled(match, params, following)]
        at, size = match.end(), size + len(pieces[-1])
        if size > LONGEST_MESSAGE:  # one parameter may stand in thousands of places
            break
    return "".join([*pieces, short[at:]])


def _filled(match: Match[str], params: list[Any] | dict[str, Any], following: Iterator[Any]) -> str:
    if match[0] == "%%":
        return "%"
    found = _parameter(match["name"], params, following)
    return match[0] if found is _NONE else _shown(match, found)


_NONE = object()


def _parameter(name: str | None, params: list[Any] | dict[str, Any], following: Iterator[Any]) -> object:
    if isinstance(params, dict):
        return params.get(name or "", _NONE)
    if not name:
        return next(following, _NONE)
    place = number(name)
    return params[place] if place is not None and place < len(params) else _NONE


def _shown(match: Match[str], value: object) -> str:
    """A number in its format, as ``%.2f`` or ``%d``; anything else as its text."""
    if match[0].startswith("%") and match["form"][-1] not in "crsa" and isinstance(value, int | float):
        try:
            return f"%{match['form']}" % value
        except (ValueError, OverflowError, TypeError):
            pass
    shown = "None" if value is None else str(value) if isinstance(value, bool) else json_text(value)
    return (shown or "")[:LONGEST_MESSAGE]


def _text(value: object) -> str | None:
    return None if value is None or value == "" else json_text(value)
