"""What became of one event."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from models.domain.ledger import Fate
from models.store.queries.merged import NONE, Merged
from models.store.samples import unpack
from models.store.tables import event, event_sample, issue_merged


@dataclass(frozen=True, slots=True)
class Found:
    """``sample`` is the scrubbed event, None if it was counted and not kept. ``occurred_at`` in ms.

    ``issue`` is the one that people see it in: the survivor, where its own was merged.
    """

    event_id: str
    fate: Fate
    issue: str
    release: str | None
    environment: str
    occurred_at: int
    sample: dict[str, Any] | None


def find(connection: Connection, project: str, event_id: str) -> Found | None:
    """The event with this id (32 hexadecimal digits, dashes allowed), None if none such was stored."""
    try:
        key = bytes.fromhex(event_id.replace("-", ""))
    except ValueError:
        return None
    columns, merged = event.c, issue_merged.c
    told = (columns.issue, merged.survivor, columns.release, columns.environment, columns.occurred_at)
    same = (merged.project == columns.project) & (merged.issue == columns.issue)
    query = select(*told).select_from(event.outerjoin(issue_merged, same))
    row = connection.execute(query.where(columns.project == project, columns.event_id == key)).one_or_none()
    if row is None:
        return None
    sample = event_sample.c
    where = (sample.project == project, sample.issue == row.issue, sample.event_id == key)
    kept = connection.execute(select(sample.payload).where(*where)).scalar()
    payload = unpack(kept) if kept is not None else None
    return Found(
        key.hex(), Fate.STORED, row.survivor or row.issue, row.release, row.environment, row.occurred_at, payload
    )


def sample_of(
    connection: Connection, project: str, environment: str, members: Collection[str], release: str | None = None
) -> tuple[str, dict[str, Any]] | None:
    """The newest event of an issue in an environment that was kept whole, with its id; of a release if one is named.

    ``members``: the issues that it is made of. The first event of each release in each environment is kept whole.
    """
    columns = event_sample.c
    query = select(columns.event_id, columns.payload).where(columns.project == project, columns.issue.in_(members))
    query = query.where(_happened_in(environment))
    if release is not None:
        query = query.where(columns.release == release)
    row = connection.execute(query.order_by(columns.booked_at.desc(), columns.event_id).limit(1)).one_or_none()
    return (row.event_id.hex(), unpack(row.payload)) if row else None


def samples_of(
    connection: Connection,
    project: str,
    environment: str,
    issues: Collection[str],
    release: str,
    merges: Merged = NONE,
) -> dict[str, dict[str, Any]]:
    """By issue, the newest event of a release in an environment that was kept whole."""
    columns = event_sample.c
    place = func.row_number().over(partition_by=columns.issue, order_by=(columns.booked_at.desc(), columns.event_id))
    where = (columns.project == project, columns.issue.in_(merges.groups(issues)), columns.release == release)
    told = select(columns.issue, columns.event_id, place.label("place")).where(*where, _happened_in(environment))
    ranked = told.subquery().c
    same = (columns.project == project, columns.issue == ranked.issue, columns.event_id == ranked.event_id)
    query = select(columns.issue, columns.payload).where(*same, ranked.place == 1)
    found: dict[str, bytes] = {}
    for issue, payload in connection.execute(query.order_by(columns.booked_at.desc(), columns.event_id)):
        found.setdefault(merges.survivor(issue), payload)
    return {issue: unpack(payload) for issue, payload in found.items()}


def _happened_in(environment: str) -> ColumnElement[bool]:
    """Whether a sample is of an environment, which its event says."""
    columns, sample = event.c, event_sample.c
    same = (columns.project == sample.project, columns.event_id == sample.event_id)
    return select(columns.event_id).where(*same, columns.environment == environment).exists()
