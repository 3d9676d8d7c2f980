"""A store in memory: one writer at a time, and as strict about rows as the strictest database."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeAlias

from sqlalchemy import Boolean, Column, Float, Table, UniqueConstraint
from sqlalchemy.exc import CompileError, DataError, IntegrityError, OperationalError

from models.domain.project import Project
from models.ports import Fenced, Move, Row
from models.store import tables
from models.store.queries import project_settings

Key: TypeAlias = tuple[Any, ...]
Kept: TypeAlias = dict[Key, dict[str, Any]]

WAIT_SECONDS = 30
BIGGEST = 2**63 - 1


class FakeStore:
    """The `Store` port over dictionaries: of each table's name, its rows by primary key."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.writer = threading.Lock()

    def begin(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self)

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Every row of a table, in the order of their keys: for assertions."""
        kept = self.kept.get(table.name, {})
        return [dict(kept[key]) for key in sorted(kept)]


class FakeUnitOfWork:
    """Works on copies of the tables it touches; the store takes them when it is left without an error."""

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self._touched: dict[str, Kept] = {}

    def __enter__(self) -> Self:
        if not self._store.writer.acquire(timeout=WAIT_SECONDS):
            raise OperationalError("begin", None, Exception("another unit of work is still open"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._store.kept |= self._touched
        self._touched = {}
        self._store.writer.release()

    def advance(self, moves: Sequence[Move]) -> None:
        kept = self._table(tables.position)
        for move in moves:
            key = (move.partition.topic, move.partition.number)
            found = kept[key]["next_offset"] if key in kept else 0
            if found != move.expected:
                raise Fenced(move.partition)
            values = {"next_offset": move.next_offset, "booked_to": move.booked_to, "read_to": move.read_to}
            kept[key] = {"topic": key[0], "partition": key[1], **values}

    def fetch(self, table: Table, keys: Sequence[Row], *, hold: bool = True) -> list[dict[str, Any]]:  # noqa: ARG002 - one writer at a time holds everything
        kept = self._table(table)
        found = {_key_of(table, key) for key in keys} & kept.keys()
        return [dict(kept[key]) for key in found]

    def insert_new(self, table: Table, rows: Sequence[Row]) -> list[dict[str, Any]]:
        kept = self._table(table)
        new = []
        for row in _complete(table, rows):
            key = _key_of(table, row)
            if key not in kept and not _rivals(table, kept, row):
                kept[key] = row
                new.append({column.name: row[column.name] for column in table.primary_key})
        return new

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        def total(old: Any, new: Any) -> Any:
            return None if old is None or new is None else old + new

        self._upsert(table, rows, total)

    def put(self, table: Table, rows: Sequence[Row]) -> None:
        self._upsert(table, rows, lambda _old, new: new)

    def newest_decision(self, project: str, release: str, environment: str) -> str | None:
        asked = {"project": project, "release": release, "environment": environment}
        taken = [row for row in self._table(tables.decision).values() if row.items() >= asked.items()]
        newest = max(taken, key=lambda row: (row["decided_at"], row["minute"]), default=None)
        return None if newest is None else str(newest["decision"])

    def projects(self, names: Collection[str]) -> dict[str, Project]:
        applied = sorted(self._table(tables.project_settings).values(), key=lambda row: row["version"])
        newest = {row["project"]: (row["version"], row["document"]) for row in applied}
        return {
            name: Project(row["identity_key"], project_settings.read(name, *newest.get(name, (None, None))))
            for (name,), row in self._table(tables.project).items()
            if name in names
        }

    def _upsert(self, table: Table, rows: Sequence[Row], merge: Callable[[Any, Any], Any]) -> None:
        kept = self._table(table)
        for row in _complete(table, rows):
            key = _key_of(table, row)
            if _rivals(table, kept, row):
                raise IntegrityError(f"upsert {table.name}", row, Exception("a unique index has this row's values"))
            old = kept.get(key)
            kept[key] = row if old is None else {name: merge(old[name], row[name]) for name in row} | _named(table, key)

    def _table(self, table: Table) -> Kept:
        if table.name not in self._touched:
            self._touched[table.name] = dict(self._store.kept.get(table.name, {}))
        return self._touched[table.name]


def _named(table: Table, key: Key) -> dict[str, Any]:
    return dict(zip((column.name for column in table.primary_key), key, strict=True))


def _key_of(table: Table, row: Row) -> Key:
    return tuple(row[column.name] for column in table.primary_key)


def _complete(table: Table, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """The rows with every column, checked as a database would."""
    for row in rows:
        if unknown := row.keys() - table.columns.keys():
            raise CompileError(f"{table.name} has no column {', '.join(sorted(unknown))}")
        yield {column.name: _checked(column, row.get(column.name, _default(column))) for column in table.columns}


def _default(column: Column[Any]) -> Any:
    return None if column.default is None else getattr(column.default, "arg", None)


def _checked(column: Column[Any], value: Any) -> Any:
    where = f"{column.table.name}.{column.name}"
    if value is None:
        if not column.nullable:
            raise IntegrityError(where, None, Exception("null in a column that must have a value"))
        return None
    if (
        not isinstance(value, _kinds(column))
        or (isinstance(value, str) and "\x00" in value)
        or (isinstance(value, int) and not -BIGGEST - 1 <= value <= BIGGEST)
    ):
        raise DataError(where, None, Exception(f"{value!r} does not fit"))
    return value


def _kinds(column: Column[Any]) -> tuple[type, ...]:
    if isinstance(column.type, Boolean):
        return (bool,)
    kind = column.type.python_type
    return (float, int) if isinstance(column.type, Float) else (kind,)


def _rivals(table: Table, kept: Kept, row: Row) -> bool:
    """Whether another row has the same values in a unique index beside the primary key."""
    key = _key_of(table, row)
    return any(
        other_key != key and all(other[name] == row[name] is not None for name in names)
        for names in _unique(table)
        for other_key, other in kept.items()
    )


def _unique(table: Table) -> list[list[str]]:
    indexes = [index.columns.keys() for index in table.indexes if index.unique]
    constraints = [one.columns.keys() for one in table.constraints if isinstance(one, UniqueConstraint)]
    return indexes + constraints
