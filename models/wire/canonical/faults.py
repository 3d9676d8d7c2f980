"""What of an event could not be taken as it was: told beside it in the words of the protocol, without the content."""

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "invalid_data",  # not what the field holds
    "missing_attribute",  # nothing where something must be
    "value_too_long",  # cut
    "clock_drift",
    "future_timestamp",
    "past_timestamp",
]

MOST = 50
"""Faults that are told one by one: an event is not to grow by what is wrong with it."""


class Faults:
    def __init__(self) -> None:
        self._told: list[dict[str, str]] = []
        self._more = 0

    def add(self, kind: Kind, place: str, reason: str = "") -> None:
        """``place`` as in ``exception.values.0.type``; ``reason`` says what was done, where the kind does not."""
        if len(self._told) >= MOST:
            self._more += 1
            return
        self._told.append({"type": kind, "name": place} | ({"reason": reason} if reason else {}))

    def entries(self) -> list[dict[str, str]]:
        """For the event's ``errors``."""
        more = {"type": "invalid_data", "name": "", "reason": f"{self._more} more faults"}
        return [*self._told, more] if self._more else self._told
