"""Kinds of values, and what is made of a value of another kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from models.wire.canonical.faults import Faults

TOO_LARGE = 1e300
"""A larger number says nothing, and one of thousands of digits cannot be made a text."""


@dataclass(frozen=True, slots=True)
class Kind:
    type: type
    mend: Callable[[Any], Any] = lambda _: None
    """The value as one of this kind; None where that is no way to read it."""


Kinds: TypeAlias = Mapping[str, Kind]


def text(value: object) -> str | None:
    """A text as it is; a number or truth as Python writes it (``True``, ``1.5``)."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bool | int | float) or not -TOO_LARGE < value < TOO_LARGE:
        return None
    return str(value)


def json_text(value: object) -> str | None:
    """A text as it is; anything else as its JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def number(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer() and abs(value) < TOO_LARGE:
        return int(value)
    digits = value if isinstance(value, str) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < len(str(2**63)) else None


TEXT = Kind(str, text)
JSON_TEXT = Kind(str, json_text)
NUMBER = Kind(int, number)
FLAG = Kind(bool)
TABLE = Kind(dict)
LIST = Kind(list)


def of_kinds(given: dict[str, Any], kinds: Kinds, place: str, faults: Faults) -> dict[str, Any]:
    """``given`` with each of these fields of its kind: the same object if it is so, else a copy.

    Null is of every kind; what cannot be mended becomes null, and is told. ``place`` is that of ``given``, with a dot.
    """
    mended = given
    for name, value in given.items():
        kind = kinds.get(name)
        if kind is None or value is None or type(value) is kind.type:
            continue
        if mended is given:
            mended = dict(given)
        mended[name] = kind.mend(value)
        if mended[name] is None:
            faults.add("invalid_data", f"{place}{name}")
    return mended


def cut(value: str, most: int, place: str, faults: Faults) -> str:
    """At most so many characters, the last three of them ``...`` where some were cut."""
    if len(value) <= most:
        return value
    faults.add("value_too_long", place, f"cut from {len(value):,} characters to {most:,}")
    return f"{value[: most - 3]}..."


def listed(given: object, place: str, faults: Faults) -> list[Any]:
    """The values of a field that SDKs write as ``{"values": [...]}``, as a bare list, or as a bare single one."""
    values = given.get("values", given) if isinstance(given, dict) else given
    if isinstance(values, dict):
        return [values]
    if values is None or isinstance(values, list):
        return values or []
    faults.add("invalid_data", place)
    return []
