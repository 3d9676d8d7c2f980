"""One first sample of an issue in a release; on SQLite, short rows are kept once, in the index of their key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NARROW = (
    "session",
    "seen_item",
    "session_minute",
    "hurt_user",
    "anonymous_failure",
    "event",
    "issue_seen",
    "issue_minute",
    "issue_user",
)


def upgrade() -> None:
    op.create_table(
        "first_sample",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("event_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "issue", "release"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO first_sample SELECT project, environment, issue, release, first_event"
        " FROM issue_seen WHERE true ON CONFLICT DO NOTHING"
    )
    if op.get_bind().dialect.name == "sqlite":
        for name in NARROW:
            with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_with_rowid": False}):
                pass
