"""The tables. Every key starts with the project, and no row has two writers (docs/adr/0002).

Times are milliseconds since the epoch, UTC; minutes are ``ms // 60_000`` in booking time. Columns named ``topic``
and ``partition`` in a key say which partition's consumer writes the row; readers sum or take the earliest over them.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData()
NARROW: dict[str, Any] = {"sqlite_with_rowid": False}
"""Tables of many short rows: SQLite then keeps a row once, in the index of its key, and not beside it as well."""


def _key(name: str) -> Column[str]:
    return Column(name, String, primary_key=True)


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, autoincrement=False, nullable=False)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, default=0)


def _text(name: str, *, required: bool = False) -> Column[str]:
    return Column(name, Text, nullable=not required)


def _few(name: str, *columns: str, where: str) -> Index:
    """An index over few of a table's rows."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


def _writer() -> tuple[Column[str], Column[int]]:
    return _key("topic"), Column("partition", Integer, primary_key=True, autoincrement=False)


# Who may send and ask ------------------------------------------------------------------------------------------------

project = Table(
    "project",
    metadata,
    _key("project"),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("identity_key", LargeBinary, nullable=False),
    _number("created_at"),
)
intake_key = Table(
    "intake_key",
    metadata,
    _key("project"),
    _key("public_key"),
    _number("created_at"),
)
token = Table(
    "token",
    metadata,
    _key("project"),
    _key("token_hash"),  # SHA-256 of the token, hexadecimal; the token itself is never kept
    Column("prefix", String, nullable=False),
    _number("created_at"),
)

project_settings = Table(
    "project_settings",
    metadata,
    _key("project"),
    _number("version", key=True),
    _text("document", required=True),  # the TOML as applied
    _text("applied_by", required=True),
    _number("applied_at"),
)

# Positions in the log ------------------------------------------------------------------------------------------------

position = Table(
    "position",
    metadata,
    _key("topic"),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    _number("next_offset"),
    _number("booked_to"),
    _number("read_to"),
)

# What was received ---------------------------------------------------------------------------------------------------

session = Table(
    "session",
    metadata,
    _key("project"),
    _key("sid"),
    _text("release", required=True),
    _text("environment", required=True),
    _number(
        "started"
    ),  # with origin_at, the smallest (started, timestamp): who carried it named release and environment
    _number("origin_at"),
    _text("identity"),
    Column("identity_started", BigInteger),
    Column("identity_at", BigInteger),
    _number("last_seen"),
    Column("status", SmallInteger, nullable=False),  # rank in analytics.correlation.sessions
    Column("errors", BigInteger, nullable=False),
    _text("updates", required=True),  # "rank:errors" of each update seen
    Column("ranked_at", BigInteger),  # when it came to its status; null where that is last_seen
    _text("segments"),  # JSON array of pairs, name and value; null for none
    # Ranks from 3 on are of failed sessions: those are kept, for their issue is asked for; others expire.
    _few("session_expiring", "started", where="status < 3"),
    _few("session_failed", "project", "environment", "release", where="status >= 3"),
    **NARROW,
)
seen_item = Table(
    "seen_item",
    metadata,
    _key("project"),
    _key("category"),
    _key("item"),
    _number("booked_at"),
    **NARROW,
)
session_minute = Table(
    "session_minute",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _number("minute", key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    *(_count(name) for name in ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")),
    Index("session_minute_minute", "project", "environment", "minute"),
    **NARROW,
)
segment_minute = Table(  # sessions by one segment of theirs, as session_minute counts them all
    "segment_minute",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _key("segment"),
    _key("value"),
    _number("minute", key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    *(_count(name) for name in ("started", "healthy", "errored", "unhandled", "abnormal", "crashed")),
    **NARROW,
)
user_sketch = Table(  # distinct users of sessions (analytics.statistics.sketch)
    "user_sketch",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _key("segment"),  # empty, with an empty value: all sessions
    _key("value"),
    _number("hour", key=True),  # of the booking minute: minute // 60; 0: since the beginning
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    Index("user_sketch_hour", "hour"),
)
failed_user = Table(  # a user's failed sessions, as signed sums: one with more than 0 is affected
    "failed_user",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _key("segment"),  # empty, with an empty value: all sessions
    _key("value"),
    _key("identity"),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    *(_count(name) for name in ("unhandled", "abnormal", "crashed")),
    **NARROW,
)
release_seen = Table(
    "release_seen",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    *_writer(),
    _number("first_minute"),
)
hurt_user = Table(
    "hurt_user",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _number("day", key=True),  # UTC day of the booking minute: minute // 1440
    _key("identity"),
    Column("abnormal", Boolean, primary_key=True),  # known only from abnormal sessions, which a policy can leave out
    *_writer(),
    _number("first_minute"),
    Index("hurt_user_minute", "project", "environment", "first_minute"),
    **NARROW,
)
anonymous_failure = Table(
    "anonymous_failure",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _number("minute", key=True),
    _key("issue"),
    _key("host"),
    *_writer(),
    **NARROW,
)
event = Table(
    "event",
    metadata,
    _key("project"),
    Column("event_id", LargeBinary(16), primary_key=True),
    _text("issue", required=True),
    _text("release"),
    _text("environment", required=True),
    _text("identity"),
    Column("handled", Boolean, nullable=False),
    _number("occurred_at"),
    _number("booked_at"),
    _few("event_unhandled", "project", "environment", "release", where="NOT handled"),
    _few("event_identity", "project", "identity", "occurred_at", where="identity IS NOT NULL"),
    **NARROW,
)
event_sample = Table(
    "event_sample",
    metadata,
    _key("project"),
    _key("issue"),
    Column("event_id", LargeBinary(16), primary_key=True),
    _text("release"),
    _number("booked_at"),
    Column("payload", LargeBinary, nullable=False),  # of `models.store.samples`
)
first_sample = Table(
    "first_sample",  # which event of an issue in a release is kept whole whatever its id; whoever is first writes it
    metadata,
    _key("project"),
    _key("environment"),
    _key("issue"),
    _key("release"),
    Column("event_id", LargeBinary(16), nullable=False),
    **NARROW,
)
issue = Table(
    "issue",
    metadata,
    _key("project"),
    _key("issue"),
    _text("grouping_key", required=True),
    Column("grouping_version", String, nullable=False),
    _text("title", required=True),
    _text("culprit"),
    Column("level", String, nullable=False),
)
issue_why = Table(
    "issue_why",
    metadata,
    _key("project"),
    _key("issue"),
    Column("tree", LargeBinary, nullable=False),  # packed, what its first event's key was made of
)
issue_key = Table(  # written once by whichever consumer came first, and never changed (docs/adr/0017)
    "issue_key",
    metadata,
    _key("project"),
    _key("key"),
    _text("issue", required=True),
    Column("kind", String, nullable=False),  # of analytics.grouping.v2
    _number("recorded_at"),
    Index("issue_key_issue", "project", "issue"),
    **NARROW,
)
issue_merged = Table(  # what people taught, as the two below; consumers only read them
    "issue_merged",
    metadata,
    _key("project"),
    _key("issue"),
    _text("survivor", required=True),  # never merged itself
)
key_moved = Table(
    "key_moved",
    metadata,
    _key("project"),
    _key("key"),
    _text("issue", required=True),
)
taught = Table(
    "taught",
    metadata,
    _key("project"),
    _number("version"),  # grows with each merge and split, so that consumers see that something was taught
)
issue_name = Table(
    "issue_name",
    metadata,
    _key("project"),
    _key("issue"),
    _number("number"),
    Index("issue_name_number", "project", "number", unique=True),
)
issue_seen = Table(
    "issue_seen",
    metadata,
    _key("project"),
    _key("environment"),
    _key("issue"),
    _key("release"),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    _number("first_minute"),
    Column("first_event", LargeBinary(16), nullable=False),
    Index("issue_seen_minute", "project", "first_minute"),
    **NARROW,
)
issue_minute = Table(
    "issue_minute",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _key("issue"),
    _number("minute", key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    *(_count(name) for name in ("events", "unhandled")),
    Index("issue_minute_minute", "project", "minute"),
    **NARROW,
)
issue_user = Table(
    "issue_user",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _key("issue"),
    _key("identity"),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    _number("first_minute"),
    Column("unhandled", Boolean, nullable=False),  # whether the first of the user's errors was unhandled
    Index("issue_user_minute", "project", "environment", "first_minute"),
    **NARROW,
)
issue_total = Table(  # of closed minutes, over all partitions, for lists and comparisons; counted by the evaluator
    "issue_total",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _key("issue"),
    Column("age", SmallInteger, primary_key=True, autoincrement=False),  # of the release: models.domain.age
    *(_count(name) for name in ("events", "unhandled")),
    _count("users"),  # whom the issue had not reached in this release before
    _count("newcomers"),  # of them, those whom it had reached in no release of the environment
    _count("failures"),  # of nobody known: distinct hosts and minutes
    _number("first_minute"),
    _number("last_minute"),
    **NARROW,
)
release_total = Table(  # the same of sessions
    "release_total",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    Column("age", SmallInteger, primary_key=True, autoincrement=False),
    _count("started"),
    **NARROW,
)
total_mark = Table(
    "total_mark",
    metadata,
    _key("project"),
    _number("counted_to"),  # the last minute that is in both
)
issue_command = Table(  # what people commanded; only ever added to
    "issue_command",
    metadata,
    _key("project"),
    _key("command"),
    _text("issue", required=True),
    Column("kind", String, nullable=False),  # resolve, reopen, mute
    Column("fixed_in", String),  # now, release, next; of a resolution
    _text("release"),
    _text("current", required=True),  # JSON object: by environment, the newest release when it was resolved
    _text("reason", required=True),
    _text("said_by", required=True),
    _number("at"),
    Index("issue_command_issue", "project", "issue"),
)
feedback = Table(
    "feedback",
    metadata,
    _key("project"),
    _key("feedback"),
    _text("message", required=True),
    _text("release"),
    _text("environment", required=True),
    Column("event_id", LargeBinary(16)),
    _text("session_id"),
    _text("identity"),
    Column("rating", SmallInteger),
    _text("source"),
    _text("url"),
    _text("language"),
    Column("characters", Integer),  # of what was written, where the message is less than that
    _number("occurred_at"),
    _number("booked_at"),
    Index("feedback_release", "project", "environment", "release"),
    Index("feedback_event", "project", "event_id"),
    Index("feedback_session", "project", "session_id"),
    Index("feedback_booked", "booked_at"),
)
deploy_fact = Table(
    "deploy_fact",
    metadata,
    _key("project"),
    _key("environment"),
    _key("fact"),  # id of the deploy with state, exposure and time: the same message twice is one fact
    _text("deploy"),
    _text("release", required=True),
    Column("state", String, nullable=False),
    Column("exposure", Float),
    _text("replaces"),
    _text("url"),
    _text("deployed_by"),
    Column("irreversible", Boolean, nullable=False),
    _text("commits"),  # JSON array, as sent
    _text("name"),
    _number("occurred_at"),
    _number("booked_at"),
)

adoption = Table(  # a release that reached the share of `analytics.correlation.adoption`; written by the evaluator
    "adoption",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _number("minute"),
)

# What sentry-cli told ------------------------------------------------------------------------------------------------

release_told = Table(
    "release_told",
    metadata,
    _key("project"),
    _key("release"),
    _number("created_at"),
    Column("started_at", BigInteger),
    Column("released_at", BigInteger),
    _text("url"),
    Column("deleted_at", BigInteger),  # forgotten, until it is told of again; what was measured of it stays
)
release_commit = Table(
    "release_commit",
    metadata,
    _key("project"),
    _key("release"),
    Column("place", Integer, primary_key=True, autoincrement=False),  # 0 is the newest, as sent
    Column("commit_id", String, nullable=False),
    _text("repository"),
    _text("message", required=True),
    _text("author", required=True),
    Column("committed_at", BigInteger),
    _text("files", required=True),  # JSON array of paths
    Index("release_commit_id", "project", "commit_id"),
)
release_ref = Table(
    "release_ref",
    metadata,
    _key("project"),
    _key("release"),
    _key("repository"),
    Column("commit_id", String, nullable=False),
    Column("previous", String),
)
repository = Table(
    "repository",
    metadata,
    _key("project"),
    _key("repository"),
    _text("url"),
    _number("created_at"),
)

# What was decided ----------------------------------------------------------------------------------------------------

policy = Table(
    "policy",
    metadata,
    _key("project"),
    _number("version", key=True),
    _text("name", required=True),
    _text("document", required=True),  # the TOML as applied
    _text("applied_by", required=True),
    _number("applied_at"),
)
evaluation = Table(
    "evaluation",
    metadata,
    _key("project"),
    _key("environment"),
    _key("deploy"),
    _text("release", required=True),
    Column("inferred", Boolean, nullable=False),
    _text("policy", required=True),
    _number("first_minute"),
    _number("as_of"),  # the last minute folded
    _number("data_to"),  # ms
    _number("evaluated_at"),  # ms
    Column("state", LargeBinary, nullable=False),
    _text("judgement", required=True),  # JSON of models.domain.verdict.Judgement
    _text("baseline", required=True),
    Column("decision", String),
    Column("ended", Boolean, nullable=False),
    Index("evaluation_release", "project", "release", "environment"),
    Index("evaluation_watch", "project", "ended", "environment", "deploy"),
)
evaluation_minute = Table(
    "evaluation_minute",
    metadata,
    _key("project"),
    _key("environment"),
    _key("deploy"),
    _number("minute", key=True),
    Column("verdict", String, nullable=False),
    Column("score", Float),
    Column("log_evidence", Float, nullable=False),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("base", Float),
    _text("evidence", required=True),  # JSON of models.domain.evidence.EvidenceMinute
)
DECISION_KEY = ("project", "environment", "deploy", "minute", "provisional", "verdict", "policy", "mode")
"""Within one minute, what was decided while it was open and when it closed are two decisions."""
decision = Table(
    "decision",
    metadata,
    _key("project"),
    _key("decision"),  # d-1, d-2, … in the project
    Column("environment", String, nullable=False),
    Column("deploy", String, nullable=False),
    _number("minute"),
    _text("release", required=True),
    Column("verdict", String, nullable=False),
    Column("mode", String, nullable=False),
    _text("policy", required=True),
    _text("taken_by", required=True),
    Column("provisional", Boolean, nullable=False),
    _text("document", required=True),  # gate.v1 as it was decided
    _text("judgement", required=True),
    _text("evidence", required=True),  # JSON array of what the engine was shown last, and its state's hash
    _number("decided_at"),
    Index("decision_once", *DECISION_KEY, unique=True),
    Index("decision_release", "project", "release", "environment"),
)
outcome = Table(
    "outcome",
    metadata,
    _key("project"),
    _key("outcome"),
    Column("decision", String, nullable=False),
    Column("label", String, nullable=False),
    _text("reason"),
    _text("said_by"),
    _number("booked_at"),
    Index("outcome_decision", "project", "decision"),
)
theme = Table(
    "theme",
    metadata,
    _key("project"),
    _key("environment"),
    _key("release"),
    _key("theme"),
    _text("name", required=True),
    _text("members", required=True),  # JSON array of feedback ids
    _number("updated_at"),
)

# What goes out -------------------------------------------------------------------------------------------------------

action = Table(
    "action",
    metadata,
    _key("project"),
    _key("action"),  # also the webhook-id: the receiver's idempotency key
    Column("kind", String, nullable=False),  # rollback, hold, silent_source, action_failed
    Column("decision", String),
    _text("target", required=True),
    _text("payload", required=True),
    Column("state", String, nullable=False),  # pending, delivered, failed, moot, replayed
    Column("attempts", Integer, nullable=False),
    _number("due_at"),
    _number("created_at"),
    Index("action_due", "state", "due_at"),
)
action_attempt = Table(
    "action_attempt",
    metadata,
    _key("project"),
    _key("action"),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    _number("attempted_at"),
    Column("status", Integer),  # HTTP status, null if there was no answer
    _text("result", required=True),
)
publication = Table(
    "publication",
    metadata,
    _key("project"),  # empty where a message names no project
    _key("publication"),
    Column("topic", String, nullable=False),
    _text("key"),
    Column("value", LargeBinary, nullable=False),
    Column("published", Boolean, nullable=False),
    _number("created_at"),
    Index("publication_due", "published", "created_at"),
)

# Accounts ------------------------------------------------------------------------------------------------------------

ledger = Table(
    "ledger",
    metadata,
    _key("project"),
    _key("category"),
    _key("fate"),  # of models.domain.ledger, or "accepted": what intake appended to the log
    _key("via"),  # intake or direct
    *_writer(),
    _count("count"),
)
scrubbed = Table(
    "scrubbed",
    metadata,
    _key("project"),
    _key("rule"),  # of models.wire.scrubbing; what it found is nowhere
    *_writer(),
    _count("count"),
)
dead_letter = Table(
    "dead_letter",
    metadata,
    _key("project"),  # empty where a message names no project
    *_writer(),
    Column("log_offset", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String, nullable=False),
    _text("detail", required=True),
    _number("booked_at"),
)
audit = Table(
    "audit",
    metadata,
    _key("project"),
    _key("entry"),
    _text("said_by", required=True),
    Column("command", String, nullable=False),
    _text("detail", required=True),
    _number("at"),
)
