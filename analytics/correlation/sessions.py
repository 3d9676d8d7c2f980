"""What is known of one session: a join-semilattice, so that order, duplication and replay cannot change a count.

Rules of `sentry-protocol.md`, 2.2 and 2.3: started is the smallest, status the highest rank, errors the largest that an
update said. Release, environment and user are fixed by the protocol; where updates disagree, the value carried by the
smallest (started, timestamp, value) wins, which commutes, unlike "the first one seen".
"""

from dataclasses import dataclass

RANKS = ("ok", "exited", "errored", "unhandled", "abnormal", "crashed")
CLASSES = ("healthy", "errored", "unhandled", "abnormal", "crashed")
"""The disjoint classes that add up to ``started``."""

Origin = tuple[int, int, str, str]
"""Started and timestamp in ms, then release and environment."""


@dataclass(frozen=True, slots=True)
class SessionState:
    sid: str
    origin: Origin
    identity_origin: tuple[int, int, str] | None
    """Started and timestamp in ms, then the hashed user."""
    last_seen: int
    rank: int
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
        return self.rank >= RANKS.index("unhandled")


def update(sid: str, origin: Origin, identity: str | None, status: str, errors: int) -> SessionState:
    """The state that one update alone tells. ``status`` is one of `RANKS`."""
    started, timestamp, _, _ = origin
    rank = RANKS.index(status)
    return SessionState(
        sid=sid,
        origin=origin,
        identity_origin=(started, timestamp, identity) if identity else None,
        last_seen=timestamp,
        rank=rank,
        errors=errors,
        updates=frozenset({(rank, errors)}),
    )


def merge(one: SessionState, other: SessionState) -> SessionState:
    """The join: associative, commutative and idempotent."""
    identities = [state.identity_origin for state in (one, other) if state.identity_origin]
    return SessionState(
        sid=one.sid,
        origin=min(one.origin, other.origin),
        identity_origin=min(identities, default=None),
        last_seen=max(one.last_seen, other.last_seen),
        rank=max(one.rank, other.rank),
        errors=max(one.errors, other.errors),
        updates=one.updates | other.updates,
    )


Cell = tuple[str, str, str]
"""Environment, release and class."""


def change(before: SessionState | None, after: SessionState) -> dict[Cell, int]:
    """The signed deltas of knowledge: which cells gain and lose a session when ``before`` becomes ``after``."""
    deltas: dict[Cell, int] = {}
    if before is not None:
        deltas[before.environment, before.release, before.session_class] = -1
    cell = (after.environment, after.release, after.session_class)
    deltas[cell] = deltas.get(cell, 0) + 1
    return {cell: delta for cell, delta in deltas.items() if delta}
