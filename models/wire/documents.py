"""The documents that Seatrial gives: ``gate.v1`` and ``report.v1``, as interfaces.md fixes them.

They describe; `analytics.verdict.document` and `api.release_document` make them. Every key is always there, and null
where nothing is known. Times are RFC 3339. Readers must ignore keys that they do not know.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from models.wire.messages import Label

VerdictWord = Literal["continue", "hold", "rollback", "insufficient_data"]
FindingWord = Literal["worse", "maybe_worse", "same", "better", "too_little_data", "no_data"]
ModeWord = Literal["observe", "recommend", "automatic"]
Share = Annotated[float, Meta(ge=0, le=1)]
Score = Annotated[float, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0)]


class BaselineDocument(Struct, frozen=True, kw_only=True):
    release: str | None
    kind: Literal["concurrent", "sequential", "none"]


class ReasonDocument(Struct, frozen=True, kw_only=True):
    """``value``, ``low`` and ``high``: the release's rate with its 95 % interval; ``base``: the baseline's.

    ``n`` and ``base_n`` are the sessions behind them.
    """

    signal: str
    verdict: FindingWord
    value: float | None
    low: float | None
    high: float | None
    n: Count
    base: float | None
    limit: float | None
    issue: str | None
    sentence: str
    base_n: Count


class ActedDocument(Struct, frozen=True, kw_only=True):
    """What came of the last action that was called for: ``at`` and ``result`` are of the last attempt.

    ``nobody_told``: the mode was automatic, and the policy had no webhook.
    """

    kind: str
    target: str
    state: Literal["pending", "delivered", "failed", "moot", "replayed", "nobody_told"]
    attempts: Count
    result: str | None
    at: str | None


class GateDocument(Struct, frozen=True, kw_only=True):
    schema: Literal["gate.v1"]
    project: str
    release: str
    environment: str
    verdict: VerdictWord
    score: Score | None
    confidence: Share
    log_evidence: float | None
    needed: float | None
    decision: str | None
    policy: str
    mode: ModeWord
    as_of: str | None
    data_to: str | None
    valid_until: str | None
    baseline: BaselineDocument
    reasons: list[ReasonDocument]
    unknown: list[str]
    would_change: str | None
    degraded: str | None
    url: str
    sentence: str
    held_by: list[str]
    action: ActedDocument | None
    """As a gate answers it. On the topic it is missing, for nothing was done yet; of a webhook's body it is the id."""


class CommitDocument(Struct, frozen=True, kw_only=True):
    id: str
    message: str
    author: str


class SessionsDocument(Struct, frozen=True, kw_only=True):
    """Disjoint; they add up to ``started``."""

    started: int
    healthy: int
    errored: int
    unhandled: int
    abnormal: int
    crashed: int


class RateDocument(Struct, frozen=True, kw_only=True):
    """A share of ``n`` with its 95 % Wilson interval; null without any."""

    value: Share | None
    low: Share | None
    high: Share | None
    n: Count


class UsersDocument(Struct, frozen=True, kw_only=True):
    """Of the users whom sessions name. ``n`` is exact where ``error`` is 0, else within that share of it at 95 %.

    ``failed``, whom a session failed (unhandled, abnormal or crashed), is always exact.
    """

    n: Count
    error: Share
    failed: Count
    crash_free: RateDocument
    unhandled_free: RateDocument


class AdoptionDocument(Struct, frozen=True, kw_only=True):
    """The release's share of the environment's last 24 hours; null where it had no sessions, or no known users."""

    sessions: Share | None
    users: Share | None
    stage: Literal["adopted", "low", "replaced"] | None
    sentence: str


class SegmentDocument(Struct, frozen=True, kw_only=True):
    segment: str
    value: str
    sessions: SessionsDocument
    crash_free: RateDocument
    unhandled_free: RateDocument
    users: UsersDocument | None


class CrashedIssueDocument(Struct, frozen=True, kw_only=True):
    issue: str
    name: str | None
    sessions: Count


class CrashedDocument(Struct, frozen=True, kw_only=True):
    """Sessions that crashed, were unhandled or abnormal; those of issues and the unexplained add up to ``total``."""

    total: Count
    issues: list[CrashedIssueDocument]
    unexplained: Count


class FactsDocument(Struct, frozen=True, kw_only=True):
    since: str
    deployed: bool
    deployed_by: str | None
    commits: list[CommitDocument]
    sessions: SessionsDocument
    crash_free: RateDocument
    """Of sessions: 1 - crashed / started."""
    unhandled_free: RateDocument
    """Of sessions: 1 - (crashed + unhandled + abnormal) / started."""
    users: UsersDocument | None
    """Null where no session names its user: that is not known of backends."""
    adoption: AdoptionDocument
    hurt: Count
    users_with_feedback: Count


class StepDocument(Struct, frozen=True, kw_only=True):
    at: str
    kind: Literal["deploy", "decision", "action", "outcome"]
    text: str
    decision: str | None


class PointDocument(Struct, frozen=True, kw_only=True):
    at: str
    value: float | None
    low: float | None
    high: float | None
    base: float | None
    score: float | None
    verdict: VerdictWord


class WorseDocument(Struct, frozen=True, kw_only=True):
    """Users hurt (or failures of nobody known) of ``n`` sessions, each in a release's first ``minutes``.

    ``ratio`` is that of the rates, with its always-valid 95 % interval; 0.2 and 20 mean "or beyond".
    """

    ratio: float
    low: float
    high: float
    value: float
    hurt: Count
    n: Count
    baseline: str
    base: float
    base_hurt: Count
    base_n: Count
    minutes: Count
    log_evidence: float
    sentence: str


class SuspectDocument(Struct, frozen=True, kw_only=True):
    """The change that may have brought an issue. ``depth`` is the frame's, 0 for the one that failed."""

    commit: str
    message: str
    author: str
    release: str
    file: str
    depth: Count
    matched: Count
    """Names at the end of the paths of file and frame that agree."""
    line: int | None
    confidence: Literal["high", "medium", "low"]
    evidence: str


class IssueDocument(Struct, frozen=True, kw_only=True):
    issue: str
    name: str | None
    title: str
    culprit: str | None
    level: str
    users: Count
    events: Count
    unhandled: Count
    feedback: Count
    crashed_sessions: Count
    first_seen: str | None
    last_seen: str | None
    url: str
    state: Literal["new_here", "came_back", "getting_worse", "seen_before", "fixed_here"] | None
    status: Literal["open", "resolved", "muted"]
    why: str | None
    """By what it came back, or by how much it is getting worse."""
    worse: WorseDocument | None
    suspect: SuspectDocument | None


class IssueCounts(Struct, frozen=True, kw_only=True):
    """The states exclude each other and add up to ``all``."""

    all: Count
    new_here: Count
    came_back: Count
    getting_worse: Count
    seen_before: Count
    fixed_here: Count


class IssuesDocument(Struct, frozen=True, kw_only=True):
    counts: IssueCounts
    items: list[IssueDocument]


class ThemeDocument(Struct, frozen=True, kw_only=True):
    theme: str
    name: str
    count: Count
    quotes: list[str]
    url: str


class WrittenDocument(Struct, frozen=True, kw_only=True):
    feedback: str
    message: str
    at: str
    rating: int | None
    issue: str | None
    joined_by: Literal["event", "session", "user", "nothing"]
    url: str | None


class FeedbackDocument(Struct, frozen=True, kw_only=True):
    count: Count
    items: list[WrittenDocument]


class CallDocument(Struct, frozen=True, kw_only=True):
    kind: str
    target: str | None
    reason: str | None


class OutcomeDocument(Struct, frozen=True, kw_only=True):
    label: Label
    reason: str | None
    by: str | None
    at: str


class DecisionDocument(Struct, frozen=True, kw_only=True):
    decision: str
    decided_at: str
    as_of: str
    verdict: VerdictWord
    mode: ModeWord
    policy: str
    taken_by: str
    provisional: bool
    sentence: str
    action: CallDocument | None
    outcomes: list[OutcomeDocument]
    url: str


class AttemptDocument(Struct, frozen=True, kw_only=True):
    attempt: int
    at: str
    status: int | None
    result: str


class ActionDocument(Struct, frozen=True, kw_only=True):
    action: str
    kind: str
    target: str
    state: Literal["pending", "delivered", "failed", "moot", "replayed"]
    attempts: list[AttemptDocument]


class ReportDocument(Struct, frozen=True, kw_only=True):
    """``unexplained``: failed sessions without an issue, as in ``crashed``."""

    schema: Literal["report.v1"]
    project: str
    environment: str
    release: str
    at: str
    gate: GateDocument
    facts: FactsDocument
    timeline: list[StepDocument]
    series: list[PointDocument]
    issues: IssuesDocument
    segments: list[SegmentDocument]
    crashed: CrashedDocument
    unexplained: Count
    themes: list[ThemeDocument]
    feedback: FeedbackDocument
    decisions: list[DecisionDocument]
    actions: list[ActionDocument]
    url: str
    report_url: str
    links: dict[str, Any]
    """The rows behind each count."""
