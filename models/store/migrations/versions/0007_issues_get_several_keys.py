"""Issues get several keys, say why their events are one thing, and are merged and split by people."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # Issues of the version before get no key here: consumers find them by their id, which was made of their key.
    op.create_table(
        "issue_key",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("issue_key_issue", "issue_key", ["project", "issue"], unique=False)
    op.create_table(
        "issue_why",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("tree", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("project", "issue"),
    )
    op.create_table(
        "issue_merged",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("survivor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "issue"),
    )
    op.create_table(
        "key_moved",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "key"),
    )
    op.create_table(
        "taught",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project"),
    )
