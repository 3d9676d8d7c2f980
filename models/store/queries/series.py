"""The course of a deploy as a line of few points, for charts."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from models.store.tables import evaluation_minute


@dataclass(frozen=True, slots=True)
class Point:
    """What a minute came to; the rates are those of the primary signal so far, 0..1."""

    minute: int
    value: float | None
    low: float | None
    high: float | None
    base: float | None
    score: float | None
    verdict: str


def points(
    connection: Connection, project: str, environment: str, deploy: str, *, last: int | None = None, most: int = 200
) -> list[Point]:
    """At most ``most`` minutes of a deploy up to ``last``, evenly spread and in order; the last is among them."""
    columns = evaluation_minute.c
    where = [columns.project == project, columns.environment == environment, columns.deploy == deploy]
    if last is not None:
        where.append(columns.minute <= last)
    first, last = connection.execute(select(func.min(columns.minute), func.max(columns.minute)).where(*where)).one()
    if first is None:
        return []
    step = -(-(last - first + 1) // (most - 1))
    spread = or_((columns.minute - first) % step == 0, columns.minute == last)
    names = ("minute", "value", "low", "high", "base", "score", "verdict")
    query = select(*(columns[name] for name in names)).where(*where, spread).order_by(columns.minute)
    return [Point(*row) for row in connection.execute(query)]
