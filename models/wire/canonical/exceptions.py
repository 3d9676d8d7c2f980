"""Exceptions, from the cause to what was raised last."""

from typing import Any

from models.wire.canonical.faults import Faults
from models.wire.canonical.kinds import FLAG, JSON_TEXT, NUMBER, TABLE, TEXT, cut, listed, of_kinds
from models.wire.canonical.logentry import LONGEST_MESSAGE
from models.wire.canonical.stacks import stack

EXCEPTION = {"type": TEXT, "value": JSON_TEXT, "module": TEXT, "mechanism": TABLE}
MECHANISM = {
    **dict.fromkeys(("type", "source"), TEXT),
    **dict.fromkeys(("handled", "synthetic", "is_exception_group"), FLAG),
    **dict.fromkeys(("exception_id", "parent_id"), NUMBER),
}


def exceptions(given: object, faults: Faults) -> list[dict[str, Any]]:
    """The exceptions that say anything: the last of them is the one that was raised."""
    found = []
    for number, value in enumerate(listed(given, "exception", faults)):
        place = f"exception.values.{number}"
        if isinstance(value, dict) and value:
            found.append(_exception(value, place, faults))
        elif value is not None:
            faults.add("missing_attribute" if value == {} else "invalid_data", place)
    return found


def with_stack(found: list[dict[str, Any]], outer: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """A single exception without a stack gets that of the event; None where there is nothing of the kind to do."""
    if outer is None or len(found) != 1 or "stacktrace" in found[0]:
        return None
    return [found[0] | {"stacktrace": outer}]


def _exception(value: dict[str, Any], place: str, faults: Faults) -> dict[str, Any]:
    exception = dict(of_kinds(value, EXCEPTION, f"{place}.", faults))
    if exception.get("value") is not None:
        exception["value"] = cut(exception["value"], LONGEST_MESSAGE, f"{place}.value", faults)
    if exception.get("mechanism") is not None:
        exception["mechanism"] = of_kinds(exception["mechanism"], MECHANISM, f"{place}.mechanism.", faults)
    found = stack(exception.pop("stacktrace", None), f"{place}.stacktrace", faults)
    return exception | {"stacktrace": found} if found else exception
