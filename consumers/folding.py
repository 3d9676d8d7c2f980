"""What every topic's fold shares: the unit of work, fates, users' identities, and what is stored already."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from sqlalchemy import Table

from consumers.decoding import DeadLetter, Delivery
from consumers.known_keys import KnownKeys
from models.domain.identity import hash_identity
from models.domain.ledger import Category, Fate
from models.domain.project import Project
from models.ports import Row, UnitOfWork
from models.store import tables
from models.wire import topics

KNOWN_ROWS = 200_000
"""Keys of rows that are written once and for all; at about 200 bytes a key the memory of them stays below 40 MB."""

CATEGORIES = {
    topics.DEPLOYS: Category.DEPLOY,
    topics.ERRORS: Category.ERROR,
    topics.SESSIONS: Category.SESSION,
    topics.FEEDBACK: Category.FEEDBACK,
    topics.OUTCOMES: Category.OUTCOME,
}


class Raced(Exception):
    """Another consumer wrote a row between our reading that there is none and our writing it. Try again."""


class Known:
    """Rows that this process has seen committed: a second insert of one of them is spared."""

    def __init__(self) -> None:
        self._committed: set[tuple[Any, ...]] = set()
        self._pending: set[tuple[Any, ...]] = set()
        self.keys = KnownKeys()

    def new(self, table: Table, rows: Iterable[Row]) -> list[Row]:
        """The rows whose key is not known yet, each key once."""
        names = [column.name for column in table.primary_key.columns]
        fresh: dict[tuple[Any, ...], Row] = {}
        for row in rows:
            fresh.setdefault((table.name, *(row[name] for name in names)), row)
        return [fresh[key] for key in self.unseen(fresh)]

    def unseen(self, keys: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The keys that are not known yet."""
        found = [key for key in keys if key not in self._committed]
        self._pending.update(found)
        return found

    def commit(self) -> None:
        if len(self._committed) + len(self._pending) > KNOWN_ROWS:
            self._committed.clear()
        self._committed |= self._pending
        self._pending.clear()
        self.keys.commit()

    def rollback(self) -> None:
        self._pending.clear()
        self.keys.rollback()


@dataclass(slots=True)
class Fold:
    """One batch on its way into one unit of work."""

    unit: UnitOfWork
    projects: Mapping[str, Project]
    known: Known
    tally: Counter[tuple[str, str, str, str, str, int]] = field(default_factory=Counter)
    scrubbed: Counter[tuple[str, str, str, int]] = field(default_factory=Counter)
    dead: list[DeadLetter] = field(default_factory=list)

    def identity(self, project: str, given: str | None, raw: object) -> str | None:
        """The hashed user: as intake gave it, else from what a direct producer sent."""
        if given is not None:
            return given
        if raw is None or isinstance(raw, bool) or raw == "":
            return None
        return hash_identity(self.projects[project].identity_key, str(raw))

    def count(self, one: Delivery | DeadLetter, fate: Fate) -> None:
        if fate is Fate.DUPLICATE and one.attributes.redelivered:
            return  # intake's own second copy of what it accepted once
        partition = one.record.partition
        category = CATEGORIES.get(partition.topic)
        if category is not None:
            via = one.attributes.via
            self.tally[one.project, category, fate, via, topics.short(partition.topic), partition.number] += 1
        if fate is Fate.STORED and isinstance(one, Delivery):
            for rule, count in (getattr(one.message, "scrubbed", None) or {}).items():
                self.scrubbed[one.project, storable(rule), topics.short(partition.topic), partition.number] += count

    def store_tally(self) -> None:
        self._add(tables.ledger, ("project", "category", "fate", "via", "topic", "partition"), self.tally)
        self._add(tables.scrubbed, ("project", "rule", "topic", "partition"), self.scrubbed)

    def _add(self, table: Table, names: Sequence[str], counts: Mapping[Any, int]) -> None:
        self.unit.add(table, [dict(zip(names, key, strict=True)) | {"count": count} for key, count in counts.items()])

    def refuse(self, delivery: Delivery, reason: str, detail: str) -> None:
        """Make a dead letter of a message that was well formed."""
        where = (delivery.record, delivery.booked_at, delivery.attributes, delivery.project)
        self.dead.append(DeadLetter(*where, reason, detail))

    def insert_once(self, table: Table, told: Iterable[tuple[Delivery, Row]]) -> list[Row]:
        """Insert rows that are one thing each, and count their fates; the rows that were new.

        A row whose key was told before, in this batch or any other, is a duplicate.
        """
        names = [column.name for column in table.primary_key]
        first: dict[tuple[Any, ...], tuple[Delivery, Row]] = {}
        for delivery, row in told:
            key = tuple(row[name] for name in names)
            if key in first:
                self.count(delivery, Fate.DUPLICATE)
            else:
                first[key] = (delivery, row)
        inserted = self.unit.insert_new(table, [row for _, row in first.values()])
        new = {tuple(row[name] for name in names) for row in inserted}
        for key, (delivery, _) in first.items():
            self.count(delivery, Fate.STORED if key in new else Fate.DUPLICATE)
        return [row for key, (_, row) in first.items() if key in new]

    def insert_known(self, table: Table, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """Insert rows that are written once and never change; the keys of those that were new."""
        return self.unit.insert_new(table, self.known.new(table, rows))


@overload
def storable(text: str, most: int = ...) -> str: ...


@overload
def storable(text: str | None, most: int = ...) -> str | None: ...


def storable(text: str | None, most: int = 8_192) -> str | None:
    """Text that every database takes: no NUL, no lone surrogates, at most ``most`` characters."""
    if text is None:
        return None
    cut = text[:most]
    if "\x00" in cut:
        cut = cut.replace("\x00", "�")
    try:
        cut.encode()
    except UnicodeEncodeError:
        return cut.encode("utf-8", "replace").decode()
    return cut


def user_value(user: object) -> object:
    """What names a user: id, else e-mail, name, address; a bare text is an id."""
    if not isinstance(user, dict):
        return user if isinstance(user, str | int) else None
    candidates: Sequence[object] = [user.get(name) for name in ("id", "email", "username", "ip_address")]
    found = (value for value in candidates if isinstance(value, str | int) and not isinstance(value, bool))
    return next((value for value in found if value not in ("", "{{auto}}")), None)
