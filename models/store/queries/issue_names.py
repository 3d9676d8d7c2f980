"""What issues are called. Every issue that a person or a program names comes through `identified`."""

import re
from collections.abc import Collection

from sqlalchemy import Connection, select

from models.store.tables import issue_name

PREFIX_LETTERS = 8
MOST_DIGITS = 18
"""Of a 64-bit number."""


def identified(connection: Connection, project: str, name: str) -> str | None:
    """The id of the issue of that name (``SHOP-12``) or id; None for a name that none has."""
    prefix, _, number = name.rpartition("-")
    if prefix and number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS:
        columns = issue_name.c
        query = select(columns.issue).where(columns.project == project, columns.number == int(number))
        found: str | None = connection.execute(query).scalar()
        return found if found and short_name(project, int(number)) == name.upper() else None
    return name


def names(connection: Connection, project: str, identifiers: Collection[str]) -> dict[str, str]:
    """The short names of issues that have one."""
    columns = issue_name.c
    query = select(columns.issue, columns.number).where(columns.project == project, columns.issue.in_(identifiers))
    return {row.issue: short_name(project, row.number) for row in connection.execute(query)}


def short_name(project: str, number: int) -> str:
    """``SHOP-12``: the letters of the project's name, at most eight, and the number."""
    letters = re.sub(r"[^A-Za-z]", "", project)[:PREFIX_LETTERS].upper()
    return f"{letters or 'ISSUE'}-{number}"
