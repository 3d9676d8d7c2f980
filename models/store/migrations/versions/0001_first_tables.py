"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "action",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "action"),
    )
    op.create_index("action_due", "action", ["state", "due_at"], unique=False)
    op.create_table(
        "action_attempt",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attempted_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "action", "attempt"),
    )
    op.create_table(
        "anonymous_failure",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "release", "minute", "issue", "host", "topic", "partition"),
    )
    op.create_table(
        "audit",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "entry"),
    )
    op.create_table(
        "dead_letter",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("log_offset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "topic", "partition", "log_offset"),
    )
    op.create_table(
        "decision",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("deploy", sa.String(), nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "decision"),
    )
    op.create_index(
        "decision_once",
        "decision",
        ["project", "environment", "deploy", "minute", "provisional", "verdict", "policy", "mode"],
        unique=True,
    )
    op.create_index("decision_release", "decision", ["project", "release", "environment"], unique=False)
    op.create_table(
        "deploy_fact",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("deploy", sa.Text(), nullable=True),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("exposure", sa.Float(), nullable=True),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("deployed_by", sa.Text(), nullable=True),
        sa.Column("irreversible", sa.Boolean(), nullable=False),
        sa.Column("commits", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "fact"),
    )
    op.create_table(
        "evaluation",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("deploy", sa.String(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("first_minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("as_of", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data_to", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("evaluated_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("baseline", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "deploy"),
    )
    op.create_index("evaluation_release", "evaluation", ["project", "release", "environment"], unique=False)
    op.create_index("evaluation_watch", "evaluation", ["project", "ended", "environment", "deploy"], unique=False)
    op.create_table(
        "evaluation_minute",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("deploy", sa.String(), nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("log_evidence", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("base", sa.Float(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "deploy", "minute"),
    )
    op.create_table(
        "event",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("event_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "event_id"),
    )
    op.create_table(
        "event_sample",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("event_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("release", sa.Text(), nullable=True),
        sa.Column("booked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("project", "issue", "event_id"),
    )
    op.create_table(
        "feedback",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("event_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "feedback"),
    )
    op.create_index("feedback_booked", "feedback", ["booked_at"], unique=False)
    op.create_index("feedback_event", "feedback", ["project", "event_id"], unique=False)
    op.create_index("feedback_release", "feedback", ["project", "environment", "release"], unique=False)
    op.create_table(
        "hurt_user",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("abnormal", sa.Boolean(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "project", "environment", "release", "day", "identity", "abnormal", "topic", "partition"
        ),
    )
    op.create_index("hurt_user_minute", "hurt_user", ["project", "environment", "first_minute"], unique=False)
    op.create_table(
        "intake_key",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "public_key"),
    )
    op.create_table(
        "issue",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("grouping_key", sa.Text(), nullable=False),
        sa.Column("grouping_version", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("culprit", sa.Text(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("project", "issue"),
    )
    op.create_table(
        "issue_minute",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("unhandled", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "release", "issue", "minute", "partition"),
    )
    op.create_table(
        "issue_name",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "issue"),
    )
    op.create_index("issue_name_number", "issue_name", ["project", "number"], unique=True)
    op.create_table(
        "issue_seen",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_event", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "issue", "release", "partition"),
    )
    op.create_index("issue_seen_minute", "issue_seen", ["project", "first_minute"], unique=False)
    op.create_table(
        "issue_user",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("issue", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unhandled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "release", "issue", "identity", "partition"),
    )
    op.create_index("issue_user_minute", "issue_user", ["project", "environment", "first_minute"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "category", "fate", "via", "topic", "partition"),
    )
    op.create_table(
        "outcome",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=True),
        sa.Column("booked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "outcome"),
    )
    op.create_index("outcome_decision", "outcome", ["project", "decision"], unique=False)
    op.create_table(
        "policy",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "version"),
    )
    op.create_table(
        "position",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_offset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booked_to", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("read_to", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
    )
    op.create_table(
        "project",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("identity_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "publication",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("publication", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "publication"),
    )
    op.create_index("publication_due", "publication", ["published", "created_at"], unique=False)
    op.create_table(
        "release_seen",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "release", "topic", "partition"),
    )
    op.create_table(
        "seen_item",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "category", "item"),
    )
    op.create_table(
        "session",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("origin_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("identity_started", sa.BigInteger(), nullable=True),
        sa.Column("identity_at", sa.BigInteger(), nullable=True),
        sa.Column("last_seen", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("updates", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "sid"),
    )
    op.create_table(
        "session_minute",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("healthy", sa.BigInteger(), nullable=False),
        sa.Column("errored", sa.BigInteger(), nullable=False),
        sa.Column("unhandled", sa.BigInteger(), nullable=False),
        sa.Column("abnormal", sa.BigInteger(), nullable=False),
        sa.Column("crashed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "release", "minute", "partition"),
    )
    op.create_index("session_minute_minute", "session_minute", ["project", "environment", "minute"], unique=False)
    op.create_table(
        "theme",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "environment", "release", "theme"),
    )
    op.create_table(
        "token",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("project", "token_hash"),
    )
