"""JSON answers, encoded once; lists are paged by cursor."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from starlette.responses import Response

from api.problems import Problem

Item = TypeVar("Item")
MOST = 500
"""The most rows of one page."""
BIGGEST = 2**63 - 1
"""The largest whole number that a database takes."""


def answer(value: object, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(value), status, headers=headers, media_type="application/json")


def page(
    items: Sequence[Item], limit: int, place: Callable[[Item], object], shown: Callable[[Item], Any]
) -> dict[str, Any]:
    """``items`` and the cursor of the ``next`` page, null at the end. ``items`` may be one longer than ``limit``."""
    more = len(items) > limit
    kept = items[:limit]
    return {"items": [shown(item) for item in kept], "next": cursor_of(place(kept[-1])) if more else None}


def cursor_of(place: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_of(cursor: str | None, kind: Any) -> Any:
    """The place of type ``kind`` that a cursor stands for, None without one.

    Raises `Problem` (422) for a cursor that we never gave.
    """
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = msgspec.json.decode(text, type=kind)
        _check_numbers(place)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise Problem(
            422, "The cursor is not one of ours", "Leave it out to begin at the first page.", place="cursor"
        ) from None
    return place


def _check_numbers(place: object) -> None:
    if isinstance(place, tuple):
        for part in place:
            _check_numbers(part)
    elif isinstance(place, int) and not 0 <= place <= BIGGEST:
        raise ValueError("out of the range of a database's numbers")
