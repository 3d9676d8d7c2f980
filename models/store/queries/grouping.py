"""Why the events of an issue are one thing."""

from sqlalchemy import Connection, select

from models.store.tables import issue


def of_issue(connection: Connection, project: str, identifier: str) -> tuple[str, list[str]] | None:
    """The version of the grouping and the parts of the key, of which the first names the rule that applied."""
    columns = issue.c
    query = select(columns.grouping_version, columns.grouping_key)
    row = connection.execute(query.where(columns.project == project, columns.issue == identifier)).one_or_none()
    return (row.grouping_version, row.grouping_key.split("\n")) if row else None
