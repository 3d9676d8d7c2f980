"""Users: what names one, and what is kept of one beside the hash of that."""

from collections.abc import Mapping
from typing import Any

from models.wire import fields

KNOWN_BY = ("id", "email", "username")
PERSONAL = frozenset({*KNOWN_BY, "name", "ip_address"})
"""What the identity replaces; the rest (a plan, a segment) is kept."""


def known_by(user: object, address: str | None = None) -> str | None:
    """What a user is told apart by: the id, else e-mail, name, network address. A bare text is an id.

    ``address`` is the client's own, for users who are to be known by it.
    """
    if not isinstance(user, dict):
        return fields.text(user)
    names = (fields.text(user.get(name)) for name in KNOWN_BY)
    return next((name for name in names if name), None) or fields.address(user.get("ip_address"), address)


def known_in(event: Mapping[str, Any], address: str | None = None) -> str | None:
    """The same of an event, whose SDK may ask the receiver to infer the address (browsers do not know theirs)."""
    settings = fields.mapping(fields.mapping(event.get("sdk")).get("settings"))
    inferred = address if settings.get("infer_ip") == "auto" else None
    return known_by(fields.mapping(event.get("user")), address) or inferred


def user(given: object, identity: str | None) -> dict[str, Any] | None:
    """What is kept: the identity as ``id``, and under ``data`` whatever names nobody."""
    told = fields.mapping(given)
    beside = {name: value for name, value in told.items() if name != "data"} | dict(fields.mapping(told.get("data")))
    data = {name: value for name, value in beside.items() if name not in PERSONAL and value is not None}
    kept: dict[str, Any] = {} if identity is None else {"id": identity}
    return (kept | {"data": data} if data else kept) or None
