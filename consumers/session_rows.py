"""A session's state as a row of its table, and back."""

from collections.abc import Mapping
from typing import Any

import msgspec

from analytics.correlation.sessions import Segments, SessionState
from models.domain.ledger import Fate


def fate(before: SessionState | None, told: SessionState) -> Fate:
    """An update that says nothing new is one told twice."""
    seen = before is not None and told.updates <= before.updates
    return Fate.DUPLICATE if seen else Fate.STORED


def state(row: Mapping[str, Any]) -> SessionState:
    identity = None
    if row["identity"] is not None:
        identity = (row["identity_started"], row["identity_at"], row["identity"])
    pairs = (pair.partition(":") for pair in row["updates"].split(","))
    return SessionState(
        sid=row["sid"],
        origin=(row["started"], row["origin_at"], row["release"], row["environment"], _segments(row["segments"])),
        identity_origin=identity,
        last_seen=row["last_seen"],
        rank=row["status"],
        ranked_at=row["last_seen"] if row["ranked_at"] is None else row["ranked_at"],
        errors=row["errors"],
        updates=frozenset((int(rank), int(errors)) for rank, _, errors in pairs),
    )


def row(project: str, state: SessionState) -> dict[str, Any]:
    started, origin_at, release, environment, segments = state.origin
    identity_started, identity_at, identity = state.identity_origin or (None, None, None)
    return {
        "project": project,
        "sid": state.sid,
        "release": release,
        "environment": environment,
        "started": started,
        "origin_at": origin_at,
        "identity": identity,
        "identity_started": identity_started,
        "identity_at": identity_at,
        "last_seen": state.last_seen,
        "status": state.rank,
        "ranked_at": state.ranked_at,
        "errors": state.errors,
        "updates": ",".join(f"{rank}:{errors}" for rank, errors in sorted(state.updates)),
        "segments": msgspec.json.encode(segments).decode() if segments else None,
    }


def _segments(stored: str | None) -> Segments:
    return msgspec.json.decode(stored, type=Segments) if stored else ()
