"""A range of minutes in an environment, as queries ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause


@dataclass(frozen=True, slots=True)
class Minutes:
    """Both ends are included."""

    project: str
    environment: str
    first: int
    last: int

    def place(self, table: FromClause, release: str | None = None) -> Sequence[ColumnElement[bool]]:
        """The rows of the environment, or of one release in it, at any time."""
        where = [table.c.project == self.project, table.c.environment == self.environment]
        if release is not None:
            where.append(table.c.release == release)
        return where
