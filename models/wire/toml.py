"""Documents that people write in TOML: read, with errors that name the place and the fix."""

import difflib
import tomllib
from collections.abc import Collection, Mapping
from typing import Any


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
