"""Whose bytes a body is: intake tells it before it reads one, to whoever bounds what is in hand."""

from collections.abc import Mapping
from typing import Any, Protocol

HELD = "seatrial.held"
"""Under this name a request's scope (ASGI) has its `Held`, if bodies are bounded."""


class Held(Protocol):
    """A body's bytes, and whose share they use."""

    holder: str


def hold(scope: Mapping[str, Any], holder: str) -> None:
    """Say whose the bytes of the request's body are."""
    held: Held | None = scope.get(HELD)
    if held is not None:
        held.holder = holder
