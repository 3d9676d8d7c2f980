"""Which issue an event joins, by the keys that are recorded, and which keys it adds to it."""

from collections.abc import Mapping
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


def join(project: str, grouping: Grouping, recorded: Mapping[str, Recorded]) -> Joined:
    """``recorded``: what is known of the event's keys, by their values."""
    keys = keys_of(project, grouping)
    by = _decides(keys, recorded)
    issue = issue_id(project, grouping.primary.value) if by is None else recorded[by.value].issue
    claims = by is not None and by.kind == "value"
    adds = (key for key in keys if key.value not in recorded and _is_added(key.kind, claims=claims))
    return Joined(issue, by, tuple(adds))


def _decides(keys: tuple[Key, ...], recorded: Mapping[str, Recorded]) -> Key | None:
    claimed = any(key.kind == "claim" and key.value in recorded for key in keys)
    for key in keys:
        found = recorded.get(key.value)
        if found is None or key.kind == "claim":
            continue
        if key.kind != "value" or (found.kind == "message alone" and not claimed):
            return key
    return None


def _is_added(kind: Kind, *, claims: bool) -> bool:
    """The version before records nothing new; a claim is recorded by the stack that takes an issue over."""
    return kind != "grouping/v1" and (kind != "claim" or claims)
