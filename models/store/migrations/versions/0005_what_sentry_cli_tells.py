"""What sentry-cli tells."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "release_commit",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("commit_id", sa.String(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("committed_at", sa.BigInteger(), nullable=True),
        sa.Column("files", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "release", "place"),
    )
    op.create_index("release_commit_id", "release_commit", ["project", "commit_id"], unique=False)
    op.create_table(
        "release_ref",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("repository", sa.String(), nullable=False),
        sa.Column("commit_id", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("project", "release", "repository"),
    )
    op.create_table(
        "release_told",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("project", "release"),
    )
    op.create_table(
        "repository",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("repository", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "repository"),
    )
    op.add_column("deploy_fact", sa.Column("name", sa.Text(), nullable=True))
    op.create_index(
        "event_identity",
        "event",
        ["project", "identity", "occurred_at"],
        unique=False,
        sqlite_where=sa.text("identity IS NOT NULL"),
        postgresql_where=sa.text("identity IS NOT NULL"),
    )
    op.add_column("feedback", sa.Column("characters", sa.Integer(), nullable=True))
