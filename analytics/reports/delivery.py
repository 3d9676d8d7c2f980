"""What came of the action that a verdict called for: the ``action`` of gate.v1, in a sentence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from analytics.reports import words
from models.domain.spans import counted

NOBODY_TOLD = "nobody_told"
"""The state of what was called for while the policy had no webhook."""
MISSED = ("failed", NOBODY_TOLD)


def is_missed(gate: Mapping[str, Any]) -> bool:
    """Whether who should act has not heard of it: every attempt failed so far, or there is nobody to tell."""
    action = _action(gate)
    return action is not None and (action["state"] in MISSED or (action["state"] == "pending" and action["attempts"]))


def sentence(gate: Mapping[str, Any]) -> str | None:
    """``The rollback was not delivered: 3 attempts, …``; None where nothing was called for, or it was long ago."""
    action = _action(gate)
    if action is None or action["state"] == "replayed":
        return None
    return f"The {words.ACTIONS.get(action['kind'], action['kind']).lower()} {_fate(action)}."


def _fate(action: Mapping[str, Any]) -> str:
    if action["state"] == "delivered":
        return f"was delivered{_at(action)}"
    if action["state"] == "moot":
        return "was not sent, for it had no point any more"
    if action["state"] == NOBODY_TOLD:
        return "was told to nobody, for the policy had no webhook: do by hand what it asks for"
    if not action["attempts"]:
        return "is about to be sent"
    then = "given up: do by hand what it asks for" if action["state"] == "failed" else "it is tried again"
    return f"was not delivered: {counted(action['attempts'], 'attempt')}, {action['result']} ({then})"


def _action(gate: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """None too in what was frozen before anything came of it."""
    action = gate.get("action")
    return action if isinstance(action, Mapping) and "state" in action else None


def _at(action: Mapping[str, Any]) -> str:
    at = action.get("at")
    return f" at {datetime.fromisoformat(at):%H:%M} UTC" if at else ""
