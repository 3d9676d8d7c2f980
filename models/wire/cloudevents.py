"""CloudEvents 1.0 over the log: binary mode (``ce_`` headers) and structured mode.

https://github.com/cloudevents/spec, bindings/kafka-protocol-binding.md. Missing attributes are no error here.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec

from models.ports import Headers

SOURCE_INTAKE = "seatrial/intake"
STRUCTURED = "application/cloudevents+json"
REDELIVERY = ("seatrial_redelivery", b"1")
"""The header of a record that intake appends again, since nobody told it whether the log has it already."""
ID_CHARACTERS = 200
"""A longer ``ce_id`` is known by its hash: it becomes part of a key, and no database takes a key of any length."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes that we read; empty where the producer sent none."""

    id: str = ""
    source: str = ""
    type: str = ""
    structured: bool = False
    redelivered: bool = False
    """Whether intake sent it before without hearing whether the log has it."""

    @property
    def via(self) -> str:
        """How the message came, as the ledger names it."""
        return "intake" if self.source == SOURCE_INTAKE else "direct"


def attributes(headers: Headers) -> Attributes:
    found = {name.lower(): value.decode("utf-8", "replace") for name, value in headers if value is not None}
    structured = found.get("content-type", "").partition(";")[0].strip().lower() == STRUCTURED
    named = (_id(found.get("ce_id", "")), found.get("ce_source", ""), found.get("ce_type", ""))
    return Attributes(*named, structured, redelivered=REDELIVERY in headers)


def unwrap(value: dict[str, Any]) -> tuple[Attributes, Any]:
    """A structured event's attributes and its data. A missing ``data`` gives None."""
    read = {name: text if isinstance(text := value.get(name), str) else "" for name in ("id", "source", "type")}
    return Attributes(_id(read["id"]), read["source"], read["type"], structured=True), value.get("data")


def headers(*, id: str, type: str, at: str, source: str = SOURCE_INTAKE) -> Headers:  # noqa: A002 - CloudEvents' own names
    """The headers of a message in binary mode."""
    pairs = {
        "ce_id": id,
        "ce_source": source,
        "ce_specversion": "1.0",
        "ce_type": type,
        "ce_time": at,
        "content-type": "application/json",
    }
    return tuple((name, text.encode()) for name, text in pairs.items())


def _id(text: str) -> str:
    return text if len(text) <= ID_CHARACTERS else blake2b(text.encode(), digest_size=16).hexdigest()


def encode(value: object) -> bytes:
    return msgspec.json.encode(value)
