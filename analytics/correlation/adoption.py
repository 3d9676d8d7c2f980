"""How far a release came into use: its share of what an environment saw in the last day, and its stage (2.3)."""

from dataclasses import dataclass

WINDOW_MINUTES = 1_440
ADOPTED = 0.1
"""The share of sessions from which on a release is adopted (Sentry's ``release_health/tasks.py``)."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """``stage``: ``adopted``, ``low`` or ``replaced``. None where there were no sessions, or no known users, at all."""

    sessions: float | None
    users: float | None
    stage: str | None


def adoption(ours: int, every: int, our_users: int, every_user: int, *, before: bool) -> Adoption:
    """From counts of the last day; ``before``: whether the release was ever adopted there."""
    sessions = share(ours, every)
    return Adoption(
        sessions, share(our_users, every_user), None if sessions is None else stage(sessions, before=before)
    )


def stage(sessions: float, *, before: bool) -> str:
    if sessions >= ADOPTED:
        return "adopted"
    return "replaced" if before else "low"


def share(ours: int, every: int) -> float | None:
    """Never above 1, nor below 0: sums of signed deltas, and estimates, may be a little off."""
    return min(max(ours, 0) / every, 1.0) if every > 0 else None
