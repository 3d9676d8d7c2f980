"""The words of verdicts and states, the same on every page and in every report: shape and word, never colour alone."""

from collections.abc import Mapping

VERDICTS: Mapping[str, str] = {
    "continue": "Continue",
    "hold": "On hold",
    "rollback": "Roll back",
    "insufficient_data": "Too little data",
}
SHAPES: Mapping[str, str] = {"continue": "✔", "hold": "▮▮", "rollback": "✖", "insufficient_data": "◌"}
FINDINGS: Mapping[str, str] = {
    "worse": "✖ Worse",
    "maybe_worse": "▮ Maybe worse",
    "same": "✔ Same",
    "better": "✔ Better",
    "too_little_data": "◌ Too little data",
    "no_data": "◌ No data",
}
SIGNALS: Mapping[str, str] = {
    "crash_free_users": "Users not hurt",
    "unhandled_failures": "Without failures of unknown users",
    "new_issues": "New issues",
    "crash_free_sessions": "Unhandled-free sessions",
    "limit_crash_free_users": "Limit of users not hurt",
    "limit_unhandled_free_sessions": "Limit of unhandled-free sessions",
    "limit_errored_sessions": "Limit of sessions with errors",
    "limit_hurt_users": "Limit of hurt users",
}
STATES: Mapping[str, str] = {
    "new_here": "New here",
    "came_back": "Came back",
    "getting_worse": "Getting worse",
    "seen_before": "Seen before",
    "fixed_here": "Fixed here",
}
STATUSES: Mapping[str, str] = {"open": "Open", "muted": "Muted", "resolved": "Resolved"}
COMMANDS: Mapping[str, str] = {"resolve": "Resolved", "reopen": "Reopened", "mute": "Muted"}
STAGES: Mapping[str | None, str] = {
    "adopted": "adopted: at least a tenth of the sessions of the last 24 hours",
    "low": "low: less than a tenth of the sessions of the last 24 hours",
    "replaced": "replaced: it was adopted, and has less than a tenth of the sessions of the last 24 hours",
    None: "unknown: there were no sessions in the last 24 hours",
}
LABELS: Mapping[str, str] = {
    "correct": "correct",
    "false_alarm": "a false alarm",
    "missed": "missed",
    "not_caused_by_release": "not caused by the release",
}
ACTIONS: Mapping[str, str] = {
    "rollback": "Rollback",
    "rollback_recommended": "Recommendation to roll back",
    "rollback_withheld": "Withheld rollback",
    "hold": "Hold",
    "silent_source": "Word of a silent source",
    "action_failed": "Word of a failed action",
}
UNKNOWN = "—"
"""What is not known; never 0."""


def verdict(name: str) -> str:
    """``✖ Roll back``."""
    return f"{SHAPES.get(name, '')} {VERDICTS.get(name, name)}".strip()


def signal(name: str) -> str:
    """``Users not hurt``; a signal that is not known here by its own name."""
    return SIGNALS.get(name, name.replace("_", " ").capitalize())
