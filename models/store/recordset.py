"""Many rows as one parameter, for PostgreSQL: a JSON array that the database takes apart.

A statement with a placeholder for each value is read by the client and by the server for its length; this one is the
same for a row and for thousands.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import JSON, Column, ColumnElement, LargeBinary, Text, bindparam, cast, column, func

ROWS = "rows"
"""The name of the parameter."""


def recordset(columns: Sequence[Column[Any]]) -> list[ColumnElement[Any]]:
    """The columns of the rows in the parameter `ROWS`, with the types that the table's own columns have.

    Rows come in the order in which they stand in the array
    (https://www.postgresql.org/docs/current/functions-json.html, ``json_to_recordset``).
    """
    told = func.json_to_recordset(cast(bindparam(ROWS, type_=Text), JSON))
    rows = told.table_valued(*(column(one.name, one.type) for one in columns)).render_derived(with_types=True)
    return [rows.c[one.name] for one in columns]


def as_json(columns: Sequence[Column[Any]], rows: Sequence[Mapping[str, Any]]) -> str:
    """The parameter's value; bytes are hexadecimal, as PostgreSQL reads them."""
    binary = [one.name for one in columns if isinstance(one.type, LargeBinary)]
    if binary:
        rows = [row | {name: _hexadecimal(row[name]) for name in binary} for row in rows]  # type: ignore[operator]
    return msgspec.json.encode(rows).decode()


def _hexadecimal(value: bytes | None) -> str | None:
    return None if value is None else f"\\x{value.hex()}"
