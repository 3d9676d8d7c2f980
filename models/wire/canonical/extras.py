"""Whatever else an application puts beside an event, within bounds."""

from typing import Any

import msgspec

from models.wire.canonical.faults import Faults
from models.wire.canonical.kinds import cut

MOST_OF_ONE = 16 * 1024
"""One value: characters of a text, bytes of the JSON of anything else."""
MOST = 256 * 1024
"""All of them together."""


def extras(given: dict[str, Any], faults: Faults) -> dict[str, Any]:
    """The same object unless it is too large; what is left out leaves its name and its size."""
    if len(msgspec.json.encode(given)) <= MOST_OF_ONE:
        return given
    left, kept = MOST, {}
    for name, value in given.items():
        kept[name] = _bounded(value, min(MOST_OF_ONE, left), f"extra.{name}", faults)
        left = max(0, left - _size(kept[name]))
    return kept


def _bounded(value: Any, most: int, place: str, faults: Faults) -> Any:
    size = _size(value)
    if size <= most:
        return value
    if isinstance(value, str) and most == MOST_OF_ONE:
        return cut(value, most, place, faults)
    faults.add("value_too_long", place, f"{size:,} bytes are left out")
    return f"[{size:,} bytes left out]"


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(msgspec.json.encode(value))
