"""Sessions by segment, their users, adoption, and what explains a crash.

The users of sessions that are stored already are counted from these. Their rows have the partition -1, which no
consumer writes; readers sum over partitions.
"""

import struct
from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COUNTS = ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")
SKETCH = 1_024
"""Hashes that a sketch of users keeps."""

FAILED_USERS = """
INSERT INTO failed_user
SELECT project, environment, release, '', '', identity, -1,
       SUM(CASE status WHEN 3 THEN 1 ELSE 0 END), SUM(CASE status WHEN 4 THEN 1 ELSE 0 END),
       SUM(CASE status WHEN 5 THEN 1 ELSE 0 END)
FROM session WHERE status >= 3 AND identity IS NOT NULL GROUP BY project, environment, release, identity
"""
SMALLEST_IDENTITIES = """
SELECT project, environment, release, identity FROM (
    SELECT project, environment, release, identity,
           ROW_NUMBER() OVER (PARTITION BY project, environment, release ORDER BY identity) AS place
    FROM (SELECT DISTINCT project, environment, release, identity FROM session WHERE identity IS NOT NULL) AS users
) AS numbered WHERE place <= :most ORDER BY project, environment, release, identity
"""


def upgrade() -> None:
    op.create_table("adoption", *_place(), _number("minute"), _key("project", "environment", "release"))
    op.create_table(
        "segment_minute",
        *_place(),
        *_segment(),
        _number("minute"),
        _partition(),
        *(_number(name) for name in COUNTS),
        _key("project", "environment", "release", "segment", "value", "minute", "partition"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "user_sketch",
        *_place(),
        *_segment(),
        _number("hour"),
        _partition(),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        _key("project", "environment", "release", "segment", "value", "hour", "partition"),
    )
    op.create_index("user_sketch_hour", "user_sketch", ["hour"])
    op.create_table(
        "failed_user",
        *_place(),
        *_segment(),
        sa.Column("identity", sa.String(), nullable=False),
        _partition(),
        *(_number(name) for name in ("unhandled", "abnormal", "crashed")),
        _key("project", "environment", "release", "segment", "value", "identity", "partition"),
        sqlite_with_rowid=False,
    )
    op.add_column("session", sa.Column("ranked_at", sa.BigInteger(), nullable=True))
    op.add_column("session", sa.Column("segments", sa.Text(), nullable=True))
    _few("session_expiring", "session", ["started"], "status < 3")
    _few("session_failed", "session", ["project", "environment", "release"], "status >= 3")
    _few("event_unhandled", "event", ["project", "environment", "release"], "NOT handled")
    op.create_index("feedback_session", "feedback", ["project", "session_id"])
    _count_known_users()


def _count_known_users() -> None:
    connection = op.get_bind()
    connection.execute(sa.text(FAILED_USERS))
    insert = sa.text("INSERT INTO user_sketch VALUES (:project, :environment, :release, '', '', 0, -1, :hashes)")
    rows = connection.execute(sa.text(SMALLEST_IDENTITIES), {"most": SKETCH}).all()
    for place, users in groupby(rows, key=lambda row: (row.project, row.environment, row.release)):
        hashes = [int(row.identity[:16], 16) for row in users]
        told = dict(zip(("project", "environment", "release"), place, strict=True))
        connection.execute(insert, told | {"hashes": struct.pack(f"<{len(hashes)}Q", *hashes)})


def _place() -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in ("project", "environment", "release")]


def _segment() -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in ("segment", "value")]


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _partition() -> sa.Column[int]:
    return sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False)


def _key(*names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names)


def _few(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
