"""How often a project's decisions were right, from the store: `analytics.learning.track_record` counts."""

from sqlalchemy import Connection

from analytics.learning import track_record as counting
from analytics.learning.track_record import Label, Labelled, TrackRecord
from models.store.queries import labels


def track_record(connection: Connection, project: str) -> TrackRecord:
    """Of all of a project's decisions."""
    return counting.track_record(
        [
            Labelled(
                one.decision,
                one.deploy,
                one.verdict,
                tuple(Label(said.label, said.said_by, said.booked_at) for said in one.outcomes),
            )
            for one in labels.of_project(connection, project)
        ]
    )
