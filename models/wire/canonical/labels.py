"""What sorts an event: level, platform, type and fingerprint."""

from collections.abc import Mapping
from typing import Any

from models.wire.canonical.faults import Faults

LEVELS: Mapping[Any, str] = {
    **{name: name for name in ("fatal", "error", "warning", "info", "debug")},
    "log": "info",
    10: "debug",
    20: "info",
    30: "warning",
    40: "error",
    50: "fatal",
}
"""Words, and the numbers of Python's logging."""
PLATFORMS = frozenset({
    "as3", "c", "cfml", "cocoa", "csharp", "elixir", "go", "groovy", "haskell", "java", "javascript", "native", "node",
    "objc", "other", "perl", "php", "python", "ruby",
})  # fmt: skip
"""Those of the protocol; the SDKs of newer languages send one of them."""
TYPES = frozenset({"csp", "hpkp", "expectct", "expectstaple", "nel", "transaction", "feedback"})
"""What an event can say it is; else its content says so."""
WHOLE = 2**53
"""Beyond it a float is no longer a whole number to its last digit."""


def level(given: object, faults: Faults) -> str:
    if given is None:
        return "error"
    known = LEVELS.get(given) if isinstance(given, str | int) and not isinstance(given, bool) else None
    if known is None:
        faults.add("invalid_data", "level")
    return known or "error"


def platform(given: object, faults: Faults) -> str:
    if isinstance(given, str) and given in PLATFORMS:
        return given
    if given is not None:
        faults.add("invalid_data", "platform")
    return "other"


def kind(given: object, *, raised: bool) -> str:
    if isinstance(given, str) and given in TYPES:
        return given
    return "error" if raised else "default"


def fingerprint(given: object, faults: Faults) -> list[str] | None:
    """Texts; numbers are cut to whole ones, and what is no scalar is left out."""
    if given is None:
        return None
    if not isinstance(given, list):
        faults.add("invalid_data", "fingerprint")
        return None
    parts = [_part(part) for part in given]
    if any(part is None and value is not None for part, value in zip(parts, given, strict=True)):
        faults.add("invalid_data", "fingerprint")
    return [part for part in parts if part is not None] or None


def _part(part: object) -> str | None:
    if isinstance(part, float):
        return str(int(part)) if abs(part) < WHOLE else None
    return str(part) if isinstance(part, str | int) else None
