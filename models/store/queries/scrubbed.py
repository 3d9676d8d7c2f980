"""What was scrubbed out of what is stored: how often each rule found something, never what."""

from sqlalchemy import Connection, func, select

from models.store.tables import scrubbed


def by_rule(connection: Connection, project: str) -> dict[str, int]:
    """The count of each rule that found anything, the most first."""
    total = func.sum(scrubbed.c.count)
    query = select(scrubbed.c.rule, total).where(scrubbed.c.project == project).group_by(scrubbed.c.rule)
    return {row[0]: int(row[1]) for row in connection.execute(query.order_by(total.desc(), scrubbed.c.rule))}
