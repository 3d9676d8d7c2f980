"""Issues are totalled and commanded."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "issue_command",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fixed_in", sa.String(), nullable=True),
        sa.Column("release", sa.Text(), nullable=True),
        sa.Column("current", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "command"),
    )
    op.create_index("issue_command_issue", "issue_command", ["project", "issue"], unique=False)
    op.create_table(
        "issue_total",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("age", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("unhandled", sa.BigInteger(), nullable=False),
        sa.Column("users", sa.BigInteger(), nullable=False),
        sa.Column("newcomers", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("first_minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "release", "issue", "age"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "release_total",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("age", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "release", "age"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "total_mark",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("counted_to", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project"),
    )
    op.create_index("issue_minute_minute", "issue_minute", ["project", "minute"], unique=False)
