"""Which issue an event joins, by the keys that are recorded, and which keys it adds to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analytics.grouping import v1
from analytics.grouping.v2.ladder import Grouping, Key, Kind, issue_id


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a key is known for."""

    issue: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Joined:
    issue: str
    by: Key | None
    """The recorded key that decided; None if the event makes an issue."""
    adds: tuple[Key, ...]
    """The keys that are to be recorded for the issue."""


def keys_of(project: str, grouping: Grouping) -> tuple[Key, ...]:
    """Every key by which an event may be known, the surest first."""
    old = Key("grouping/v1", v1.issue_id(project, v1.group(grouping.event).key))
    beside = (key for key in (grouping.value, grouping.claim) if key is not None)
    return grouping.primary, *grouping.others, *beside, old


def join(
    project: str, grouping: Grouping, find: Callable[[str], Recorded | None], *, look_for_more: bool = True
) -> Joined:
    """``find`` tells what is known of a key by its value.

    Where the primary key is known nothing is to be decided; ``look_for_more`` adds the other keys to its issue.
    """
    if known := find(grouping.primary.value):
        others = grouping.others if look_for_more else ()
        return Joined(known.issue, grouping.primary, tuple(key for key in others if find(key.value) is None))
    keys = keys_of(project, grouping)
    recorded = {key: found for key in keys if (found := find(key.value)) is not None}
    by = _decides(recorded)
    issue = issue_id(project, grouping.primary.value) if by is None else recorded[by].issue
    claims = by is not None and by.kind == "value"
    return Joined(issue, by, tuple(key for key in keys if key not in recorded and _is_added(key.kind, claims=claims)))


def _decides(recorded: Mapping[Key, Recorded]) -> Key | None:
    """Of the keys that are recorded, the first that says that the event is of that issue."""
    claimed = any(key.kind == "claim" for key in recorded)
    for key, found in recorded.items():
        if key.kind == "value" and (claimed or found.kind != "message alone"):
            continue
        if key.kind != "claim":
            return key
    return None


def _is_added(kind: Kind, *, claims: bool) -> bool:
    """The version before records nothing new; a claim is recorded by the stack that takes an issue over."""
    return kind != "grouping/v1" and (kind != "claim" or claims)
