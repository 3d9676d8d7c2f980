"""What would change a verdict: further hurt users, further sessions, or something that is missing."""

from math import ceil

import numpy as np

from analytics.statistics import e_process, onset
from analytics.statistics.likelihood import concurrent, divergence
from analytics.verdict.reading import (
    FOUND,
    base_rate,
    comparable,
    enough,
    exposure_share,
    identified,
    information,
    issues_evidence,
    needed,
    served_beside,
    stake,
)
from analytics.verdict.state import EFFECTS_AT, MARGIN_AT, State, thetas
from analytics.verdict.wording import count
from models.domain.policy import Signal
from models.domain.verdict import Verdict

FURTHER_USERS = 200
"""How far ahead it is looked for the users that would make a rollback."""


def would_change(state: State, verdict: Verdict) -> str | None:
    if verdict is Verdict.ROLLBACK:
        return "Nothing: a rollback is final for the release. A person may label it a false alarm."
    if not comparable(state):
        if state.overlap:
            return f"Sessions or errors of {state.baseline}; or a deploy that names the release it really replaces."
        return (
            "Traffic on the release it replaces at the same time; or record the next deploy with an exposure below 1."
        )
    if not identified(state):
        return "Errors or sessions that name their user (an id, hashed at intake)."
    if not served_beside(state):
        return (
            f"Traffic on {state.baseline} at the same time: it has none by the plan, so nothing more can be compared."
        )
    parts = []
    if further := further_users(state):
        noun = count(further, "more hurt user")
        parts.append(f"About {noun}, and none on {state.baseline}, would call for a rollback.")
    if sessions := _further_sessions(state):
        noun = count(sessions, "more session")
        parts.append(f"About {noun} like the ones so far would be enough to let it continue.")
    return " ".join(parts) or None


def further_users(state: State) -> int | None:
    """The fewest further hurt users, all on the new arm and in one minute, that would reach the threshold."""
    users = np.arange(1, FURTHER_USERS + 1)
    each = concurrent(thetas(state.margin), 1, 0, exposure_share(state))
    running = np.asarray(state.users.running) + users[:, np.newaxis] * each[EFFECTS_AT]
    at_margin = state.users.likelihood[MARGIN_AT] + users * each[MARGIN_AT]
    unspent = onset.usual(state.bake_minutes).unspent(state.minutes - 1)
    evidence = e_process.log_evidence(running, at_margin, unspent)
    issues = stake(state, Signal.NEW_ISSUES) + issues_evidence(state)
    combined = np.logaddexp(stake(state, Signal.USERS) + evidence, issues)
    reached = combined >= needed(state)
    return int(users[reached.argmax()]) if reached.any() else None


def _further_sessions(state: State) -> int | None:
    """Sessions of the new arm that are missing for a verdict of ``continue``; None if none, or if nobody can say."""
    missing, rate = enough(state) - information(state), base_rate(state)
    if missing <= 0 or rate <= 0:
        return None
    stretched = FOUND * e_process.stretch(state.margin)
    return ceil(missing / (rate * (1.0 - exposure_share(state)) * divergence(stretched, 1.0 + state.margin)))
