"""Documents that people write in TOML: read, with errors that name the place and the fix."""

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)
SPAN = re.compile(r"([1-9][0-9]{0,5})(m|h|d)")
SPAN_MINUTES = {"m": 1, "h": 60, "d": 1440}


class BadDocument(Exception):
    """The document is not what it should be. The message is the place, a colon, and what to write instead."""


def read(text: str) -> dict[str, Any]:
    """The tables of a TOML document. Raises `BadDocument`."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"not TOML: {error}"
        raise BadDocument(message) from None


def know(told: Mapping[str, Any], known: Collection[str], place: str) -> None:
    """Raise `BadDocument` for a key that nobody knows; ``place`` is that of the table, with a dot after it."""
    for key in told:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            fix = f"did you mean `{near[0]}`?" if near else f"known keys are {', '.join(known)}"
            message = f"{place}{key}: unknown key; {fix}"
            raise BadDocument(message)


def number(value: object, place: str, limits: tuple[float, float], example: float) -> float:
    """A number within limits, both ends included. Raises `BadDocument`."""
    least, most = limits
    if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
        return float(value)
    message = f"{place}: {value!r} is not a number from {least:g} to {most:g}, such as {example:g}"
    raise BadDocument(message)


def choice(value: object, place: str, noun: str, kind: type[Choice]) -> Choice:
    """One of an enumeration's words. Raises `BadDocument`."""
    words = [str(word) for word in kind]
    if isinstance(value, str) and value in words:
        return kind(value)
    message = f"{place}: {value!r} is no {noun}; write one of {', '.join(words)}"
    raise BadDocument(message)


def table(value: object, place: str, example: str) -> Mapping[str, Any]:
    """Raises `BadDocument` for what is no table."""
    if isinstance(value, dict):
        return value
    message = f"{place}: not a table; write {example}"
    raise BadDocument(message)


def minutes(value: object) -> int | None:
    """The minutes of a span such as ``"90m"``, ``"24h"`` or ``"2d"``; None for what is none."""
    found = SPAN.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) * SPAN_MINUTES[found[2]] if found else None
