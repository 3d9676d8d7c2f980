"""The fields that items of every kind share, in canonical form (sentry-protocol.md, 2.1)."""

import re
from collections.abc import Mapping
from typing import Any

DEFAULT_ENVIRONMENT = "production"
"""What SDKs mean when they send none."""
LONGEST_RELEASE = 200
LONGEST_ENVIRONMENT = 64
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\]")
NO_RELEASES = frozenset({"", ".", "..", "latest"})
NO_ENVIRONMENTS = frozenset({"", ".", "..", "none"})
EVENT_ID = re.compile(r"[0-9a-f]{32}")
AUTOMATIC = "{{auto}}"
"""What a browser sends for its own address, which it does not know."""


def event_id(value: object) -> str | None:
    """32 lower-case hexadecimal characters, from these or from a dashed UUID; None for anything else."""
    if not isinstance(value, str) or len(value) > 36:  # noqa: PLR2004 - a dashed UUID
        return None
    digits = value.replace("-", "").lower()
    return digits if EVENT_ID.fullmatch(digits) and digits.strip("0") else None


def release(value: object) -> str | None:
    """A release's whole name; None if there is none, or none that can be one."""
    name = text(value)
    if name is None or name.lower() in NO_RELEASES or len(name) > LONGEST_RELEASE or FORBIDDEN.search(name):
        return None
    return name


def environment(value: object) -> str | None:
    """An environment's name; None if there is none, or none that can be one."""
    name = text(value) if isinstance(value, str) else None
    if name is None or name.lower() in NO_ENVIRONMENTS or len(name) > LONGEST_ENVIRONMENT or FORBIDDEN.search(name):
        return None
    return name


def address(value: object, client: str | None) -> str | None:
    """A user's network address, the client's own where the SDK asks for it."""
    return client if value == AUTOMATIC else text(value)


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    """A name as SDKs write it, trimmed; None for nothing, and for what is neither a text nor a whole number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None
