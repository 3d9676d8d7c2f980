"""The store and its unit of work over SQLAlchemy Core; the same code for PostgreSQL and SQLite."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Column, Connection, Engine, Table, bindparam, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from models.domain.project import Project
from models.ports import Fenced, Move, Row
from models.store import tables
from models.store.queries import project_settings
from models.store.recordset import ROWS, as_json, recordset

KEYS_A_STATEMENT = 500
"""SQLite takes 32,766 parameters a statement; the widest key has 8 columns, and 8 x 500 = 4,000."""


class SqlStore:
    """The `Store` port over an engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def begin(self) -> "SqlUnitOfWork":
        return SqlUnitOfWork(self.engine)


class SqlUnitOfWork:
    """One write transaction; rows are written in the order of their keys, so that two writers cannot deadlock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._on_postgresql = engine.dialect.name == "postgresql"

    def __enter__(self) -> Self:
        self.connection: Connection = self._engine.connect().execution_options(seatrial_writes=True)
        self._transaction = self.connection.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._transaction.commit()
            else:
                self._transaction.rollback()
        finally:
            self.connection.close()

    def advance(self, moves: Sequence[Move]) -> None:
        position = tables.position
        for move in sorted(moves, key=lambda move: move.partition):
            where = (position.c.topic == move.partition.topic) & (position.c.partition == move.partition.number)
            values = {"next_offset": move.next_offset, "booked_to": move.booked_to, "read_to": move.read_to}
            statement = update(position).where(where, position.c.next_offset == move.expected).values(values)
            if self.connection.execute(statement).rowcount == 1:
                continue
            key = {"topic": move.partition.topic, "partition": move.partition.number}
            if move.expected != 0 or not self.insert_new(position, [key | values]):
                raise Fenced(move.partition)

    def fetch(self, table: Table, keys: Sequence[Row], *, hold: bool = True) -> list[dict[str, Any]]:
        columns = _key_columns(table)
        rows: list[dict[str, Any]] = []
        for some in _chunks(_in_order(table, keys)):
            if len(columns) == 1:
                where = columns[0].in_([key[columns[0].name] for key in some])
            else:
                where = tuple_(*columns).in_([tuple(key[column.name] for column in columns) for key in some])
            query = select(table).where(where).order_by(*columns)
            if hold:
                # PostgreSQL holds the rows for this unit of work, so that what was read is what will be replaced.
                query = query.with_for_update()
            rows += [dict(row) for row in self.connection.execute(query).mappings()]
        return rows

    def insert_new(self, table: Table, rows: Sequence[Row]) -> list[dict[str, Any]]:
        if not rows:
            return []
        statement, values = self._insertion(table, rows)
        result = self.connection.execute(statement.on_conflict_do_nothing().returning(*_key_columns(table)), values)
        return [dict(row) for row in result.mappings()]

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        self._upsert(table, rows, adding=True)

    def put(self, table: Table, rows: Sequence[Row]) -> None:
        self._upsert(table, rows, adding=False)

    def newest_decision(self, project: str, release: str, environment: str) -> str | None:
        decision = tables.decision
        where = (decision.c.project == project) & (decision.c.release == release)
        query = select(decision.c.decision).where(where, decision.c.environment == environment)
        newest = query.order_by(decision.c.decided_at.desc(), decision.c.minute.desc()).limit(1)
        found: str | None = self.connection.execute(newest).scalar()
        return found

    def projects(self, names: Collection[str]) -> dict[str, Project]:
        project, settings = tables.project, tables.project_settings
        columns = (project.c.project, project.c.identity_key, settings.c.version, settings.c.document)
        query = select(*columns).outerjoin_from(project, settings, project_settings.IS_NEWEST)
        rows = self.connection.execute(query.where(project.c.project.in_(names)))
        return {
            row.project: Project(row.identity_key, project_settings.read(row.project, row.version, row.document))
            for row in rows
        }

    def _upsert(self, table: Table, rows: Sequence[Row], *, adding: bool) -> None:
        if not rows:
            return
        statement, values = self._insertion(table, _one_a_key(table, rows, adding=adding))
        changed = {
            column.name: column + statement.excluded[column.name] if adding else statement.excluded[column.name]
            for column in table.columns
            if not column.primary_key
        }
        upsert = statement.on_conflict_do_update(index_elements=_key_columns(table), set_=changed)
        self.connection.execute(upsert, values)

    def _insertion(self, table: Table, rows: Sequence[Row]) -> tuple[Any, Any]:
        """The statement that inserts rows of one shape, and the values to execute it with."""
        ordered = _in_order(table, rows)
        if not self._on_postgresql:
            return sqlite.insert(table), ordered
        told = [table.c[name] for name in ordered[0]]
        statement = postgresql.insert(table).from_select([one.name for one in told], select(*recordset(told)))
        return statement, {ROWS: as_json(told, ordered)}


def mark_published(connection: Connection, keys: Sequence[tuple[str, str]]) -> None:
    """Mark outgoing messages as appended to the log."""
    publication = tables.publication
    statement = (
        update(publication)
        .where(publication.c.project == bindparam("of_project"), publication.c.publication == bindparam("of_key"))
        .values(published=True)
    )
    if keys:
        connection.execute(statement, [{"of_project": project, "of_key": key} for project, key in keys])


def _key_columns(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns)


def _in_order(table: Table, rows: Sequence[Row]) -> list[dict[str, Any]]:
    names = [column.name for column in _key_columns(table)]
    return sorted((dict(row) for row in rows), key=lambda row: tuple(row[name] for name in names))


def _one_a_key(table: Table, rows: Sequence[Row], *, adding: bool) -> list[Row]:
    """Each key once, as PostgreSQL wants it within one statement: added up, or the last one."""
    names = [column.name for column in _key_columns(table)]
    merged: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in names)
        before = merged.get(key)
        if before is None or not adding:
            merged[key] = row
        else:
            merged[key] = {name: value if name in names else before[name] + value for name, value in row.items()}
    return list(merged.values())


def _chunks(keys: Sequence[Row]) -> Iterator[list[Row]]:
    iterator = iter(keys)
    while some := list(islice(iterator, KEYS_A_STATEMENT)):
        yield some
