"""What is known of one session: a join-semilattice, so that order, duplication and replay cannot change a count.

Rules of `sentry-protocol.md`, 2.2 and 2.3: started is the smallest, status the highest rank, errors the largest that an
update said. Release, environment, segments and user are fixed by the protocol; where updates disagree, the value
carried by the smallest (started, timestamp, value) wins, which commutes, unlike "the first one seen".
"""

from dataclasses import dataclass

RANKS = ("ok", "exited", "errored", "unhandled", "abnormal", "crashed")
CLASSES = ("healthy", "errored", "unhandled", "abnormal", "crashed")
"""The disjoint classes that add up to ``started``."""
FAILED = ("unhandled", "abnormal", "crashed")
"""The classes whose user was hurt."""
FIRST_FAILED_RANK = RANKS.index("unhandled")

OLDEST_MS = 5 * 86_400_000
"""Of a session that started earlier nothing is taken any more (sentry-protocol.md, 2.2), so that its state may go."""
SLACK_MS = 60 * 60_000
"""What the way to the log may take, and what the start of one session may differ by: drift below 55 min is left."""
KEPT_MS = OLDEST_MS + 2 * SLACK_MS
"""How long a state is kept. An update is taken up to `OLDEST_MS` + `SLACK_MS` after a start that is at most `SLACK_MS`
later than the smallest one that was told."""

Segments = tuple[tuple[str, str], ...]
"""The segments that a session is counted in, each a name and a value."""
Origin = tuple[int, int, str, str, Segments]
"""Started and timestamp in ms, then release, environment and segments."""
Cell = tuple[str, str, Segments, str | None, str]
"""Where a session counts: environment, release, segments, hashed user and class."""


@dataclass(frozen=True, slots=True)
class SessionState:
    sid: str
    origin: Origin
    identity_origin: tuple[int, int, str] | None
    """Started and timestamp in ms, then the hashed user."""
    last_seen: int
    rank: int
    ranked_at: int
    """When it came to its rank: the earliest timestamp of an update that said it, in ms."""
    errors: int
    updates: frozenset[tuple[int, int]]
    """The (rank, errors) pairs seen: one of them again is the same update delivered twice."""

    @property
    def release(self) -> str:
        return self.origin[2]

    @property
    def environment(self) -> str:
        return self.origin[3]

    @property
    def segments(self) -> Segments:
        return self.origin[4]

    @property
    def identity(self) -> str | None:
        return self.identity_origin[2] if self.identity_origin else None

    @property
    def session_class(self) -> str:
        """Its status, except that an ok or exited session with errors is errored."""
        if self.rank <= RANKS.index("exited"):
            return "errored" if self.errors else "healthy"
        return RANKS[self.rank]

    @property
    def hurt(self) -> bool:
        """Whether its user was hurt: unhandled, abnormal or crashed."""
        return self.rank >= FIRST_FAILED_RANK

    @property
    def cell(self) -> Cell:
        return self.environment, self.release, self.segments, self.identity, self.session_class


def update(sid: str, origin: Origin, identity: str | None, status: str, errors: int) -> SessionState:
    """The state that one update alone tells. ``status`` is one of `RANKS`; a crash is at least one error."""
    started, timestamp = origin[:2]
    rank = RANKS.index(status)
    told = max(errors, 1) if status == "crashed" else errors
    return SessionState(
        sid=sid,
        origin=origin,
        identity_origin=(started, timestamp, identity) if identity else None,
        last_seen=timestamp,
        rank=rank,
        ranked_at=timestamp,
        errors=told,
        updates=frozenset({(rank, told)}),
    )


def merge(one: SessionState, other: SessionState) -> SessionState:
    """The join: associative, commutative and idempotent."""
    identities = [state.identity_origin for state in (one, other) if state.identity_origin]
    rank, ranked_before = max((state.rank, -state.ranked_at) for state in (one, other))
    return SessionState(
        sid=one.sid,
        origin=min(one.origin, other.origin),
        identity_origin=min(identities, default=None),
        last_seen=max(one.last_seen, other.last_seen),
        rank=rank,
        ranked_at=-ranked_before,
        errors=max(one.errors, other.errors),
        updates=one.updates | other.updates,
    )


def change(before: SessionState | None, after: SessionState) -> dict[Cell, int]:
    """The signed deltas of knowledge: which cells gain and lose a session when ``before`` becomes ``after``."""
    deltas: dict[Cell, int] = {}
    if before is not None:
        deltas[before.cell] = -1
    deltas[after.cell] = deltas.get(after.cell, 0) + 1
    return {cell: delta for cell, delta in deltas.items() if delta}


def too_old(started: int, booked_at: int) -> bool:
    """Whether an update is of a session whose state may be gone, in ms: counted again, it would count twice."""
    return started < booked_at - OLDEST_MS - SLACK_MS
