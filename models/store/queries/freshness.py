"""Whether what we say is still true: names what of ours is broken."""

from sqlalchemy import Connection, select

from models.domain.spans import span
from models.store.tables import position
from models.wire.topics import FEEDS_MINUTES, short

STANDSTILL = 35_000
"""ms: 30 s without reading, and the 5 s that ``read_to`` stays behind anyway."""
STALE_EVALUATION = 90_000
"""ms. A minute's evaluation follows it within 10 s, so that the one before is at most 70 s old."""
NAMED = 3


def degradation(connection: Connection, now: int) -> str | None:
    """What of our reading is broken, in a sentence; None if nothing is."""
    query = select(position.c.topic, position.c.partition, position.c.read_to).where(
        position.c.topic.in_(FEEDS_MINUTES)
    )
    rows = sorted(connection.execute(query).all(), key=lambda row: (row.read_to, row.topic, row.partition))
    if not rows:
        return "Nothing was ever read from the log: start the consumers."
    if unread := [short(topic) for topic in FEEDS_MINUTES if topic not in {row.topic for row in rows}]:
        return f"Never read: {', '.join(unread)}. Start the consumers, or see their logs."
    still = [row for row in rows if row.read_to < now - STANDSTILL]
    if still:
        names = ", ".join(f"{short(row.topic)}/{row.partition}" for row in still[:NAMED])
        more = f" and {len(still) - NAMED} more" if len(still) > NAMED else ""
        return f"Not read for {span(now - still[0].read_to)}: {names}{more}. Start the consumers, or see their logs."
    return None


def overdue(now: int, *, evaluated_at: int | None = None, told_at: int | None = None) -> str | None:
    """What of our evaluating is broken, in a sentence; None if nothing is. Times in ms.

    ``evaluated_at`` is of a deploy that is still under watch, and ``told_at`` of one that has no evaluation yet.
    """
    if evaluated_at is not None and evaluated_at < now - STALE_EVALUATION:
        return f"The last evaluation is {span(now - evaluated_at)} old: start the evaluator, or see its logs."
    if told_at is not None and told_at < now - STALE_EVALUATION:
        return f"Deployed {span(now - told_at)} ago and not evaluated yet: start the evaluator, or see its logs."
    return None
