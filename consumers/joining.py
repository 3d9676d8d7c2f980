"""Which issues a batch's events join: by the keys that are recorded, else they make one (docs/adr/0017).

One query reads all keys that this process does not know yet, and one statement writes those that are new. A key that
another consumer gave to another issue meanwhile is `Raced`: the batch is tried again, and finds it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.grouping import v2
from analytics.grouping.v2.joining import Joined, Recorded, join, keys_of
from consumers.decoding import Delivery
from consumers.folding import Fold, Raced
from models.store import tables

OfKey = tuple[str, str]
"""Project and key."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An event's grouping, before it is known which issue it joins."""

    delivery: Delivery
    grouping: v2.Grouping

    @property
    def project(self) -> str:
        return self.delivery.project


@dataclass(frozen=True, slots=True)
class Grouped:
    """An event's grouping, and the issue that it joined."""

    grouping: v2.Grouping
    joined: Joined

    @property
    def explains(self) -> bool:
        """Whether it is the first of its issue, or of it under this version of the grouping."""
        return self.joined.by is None or self.joined.by.kind == "grouping/v1"


def join_all(fold: Fold, deliveries: Sequence[Delivery]) -> list[Grouped]:
    """In the order of the log, so that the events before decide what one after them joins."""
    _notice_what_was_taught(fold, {delivery.project for delivery in deliveries})
    asking = [Asking(delivery, _group(fold, delivery)) for delivery in deliveries]
    first = {(one.project, one.grouping.primary.value): one for one in reversed(asking)}
    looked = [_asked(fold, one, first) for one in asking]
    _read(fold, {(one.project, key) for one, keys in zip(asking, looked, strict=True) for key in keys})
    found = [_join(fold, one, look_for_more=bool(keys)) for one, keys in zip(asking, looked, strict=True)]
    _record(fold, zip(deliveries, found, strict=True))
    return found


def _record(fold: Fold, grouped: Iterable[tuple[Delivery, Grouped]]) -> None:
    rows: dict[OfKey, dict[str, Any]] = {}
    for delivery, one in grouped:
        for key in one.joined.adds:
            row = {"project": delivery.project, "key": key.value, "issue": one.joined.issue, "kind": key.kind}
            rows[delivery.project, key.value] = row | {"recorded_at": delivery.booked_at}
    written = {(row["project"], row["key"]) for row in fold.unit.insert_new(tables.issue_key, list(rows.values()))}
    found = _recorded(fold, rows.keys() - written)
    if any(recorded.issue != rows[of]["issue"] for of, recorded in found.items()):
        raise Raced


def _group(fold: Fold, delivery: Delivery) -> v2.Grouping:
    return v2.group(delivery.message.event, fold.projects[delivery.project].settings.fingerprints)


def _asked(fold: Fold, asking: Asking, first: Mapping[OfKey, Asking]) -> list[v2.Key]:
    """The keys of an event that have to be asked for. ``first``: of each primary key, the batch's first event."""
    known, of = fold.known.keys, (asking.project, asking.grouping.primary.value)
    if known.get(*of) is None and first[of] is asking:
        return list(keys_of(asking.project, asking.grouping))
    if not known.is_worth_a_look(*of):
        return []
    return [key for key in asking.grouping.others if known.get(asking.project, key.value) is None]


def _join(fold: Fold, asking: Asking, *, look_for_more: bool) -> Grouped:
    known, project = fold.known.keys, asking.project
    joined = join(project, asking.grouping, lambda key: known.get(project, key), look_for_more=look_for_more)
    for key in joined.adds:
        known.add(project, key.value, Recorded(joined.issue, key.kind))
    return Grouped(asking.grouping, joined)


def _read(fold: Fold, asked: Collection[tuple[str, v2.Key]]) -> None:
    """Get to know what is recorded of keys. The key of the version before is the id of the issue that it made."""
    old = {(project, key.value) for project, key in asked if key.kind == "grouping/v1"}
    found = _recorded(fold, {(project, key.value) for project, key in asked} - old)
    issues = _rows(fold, tables.issue, "issue", old)
    found |= _taught(fold, {of: Recorded(row["issue"], "grouping/v1") for of, row in issues.items()})
    for (project, key), recorded in found.items():
        fold.known.keys.add(project, key, recorded)


def _recorded(fold: Fold, asked: Collection[OfKey]) -> dict[OfKey, Recorded]:
    rows = _rows(fold, tables.issue_key, "key", asked)
    return _taught(fold, {of: Recorded(row["issue"], row["kind"]) for of, row in rows.items()})


def _taught(fold: Fold, found: Mapping[OfKey, Recorded]) -> dict[OfKey, Recorded]:
    """Each key's issue after the splits and merges of people."""
    touched = [of for of in found if fold.known.keys.is_taught(of[0])]
    moved = _rows(fold, tables.key_moved, "key", touched)
    issues = {of: moved[of]["issue"] if of in moved else recorded.issue for of, recorded in found.items()}
    merged = _rows(fold, tables.issue_merged, "issue", {(of[0], issues[of]) for of in touched})
    survivors = {of: merged.get((of[0], issue), {"survivor": issue})["survivor"] for of, issue in issues.items()}
    return {of: Recorded(survivors[of], recorded.kind) for of, recorded in found.items()}


def _rows(fold: Fold, table: Any, name: str, asked: Iterable[OfKey]) -> dict[OfKey, dict[str, Any]]:
    keys = [{"project": project, name: key} for project, key in asked]
    return {(row["project"], row[name]): row for row in (fold.unit.fetch(table, keys, hold=False) if keys else [])}


def _notice_what_was_taught(fold: Fold, projects: Collection[str]) -> None:
    versions = {row["project"]: row["version"] for row in fold.unit.fetch(tables.taught, _named(projects), hold=False)}
    for project in projects:
        fold.known.keys.taught(project, versions.get(project, 0))


def _named(projects: Iterable[str]) -> list[dict[str, str]]:
    return [{"project": project} for project in projects]
