"""Tags, as pairs in the order in which they were given."""

from collections.abc import Iterable
from typing import Any

from models.wire.canonical.faults import Faults
from models.wire.canonical.kinds import cut, text

LONGEST_TAG = 200
"""Characters of a key or of a value."""


def tags(given: object, faults: Faults) -> list[list[str | None]]:
    """Pairs of texts, from a table or a list of pairs. A value may be null; of two with one key the first counts."""
    found: dict[str, str | None] = {}
    for number, pair in enumerate(_pairs(given, faults)):
        place = f"tags.{number}"
        key, value = _pair(pair, place, faults)
        if key is not None and key not in found:
            found[key] = None if value is None else cut(value, LONGEST_TAG, place, faults)
    return [[key, value] for key, value in found.items()]


def _pairs(given: object, faults: Faults) -> Iterable[Any]:
    if isinstance(given, dict):
        return given.items()
    if given is None or isinstance(given, list):
        return given or ()
    faults.add("invalid_data", "tags")
    return ()


def _pair(pair: Any, place: str, faults: Faults) -> tuple[str | None, str | None]:
    """A key and its value; None for a key that is none."""
    if not isinstance(pair, list | tuple) or len(pair) != 2 or not text(pair[0]):  # noqa: PLR2004 - a pair
        if pair is not None:
            faults.add("invalid_data", place)
        return None, None
    key, value = text(pair[0]), text(pair[1])
    if value is None and pair[1] is not None:
        faults.add("invalid_data", place)
    return cut(key or "", LONGEST_TAG, place, faults), value
