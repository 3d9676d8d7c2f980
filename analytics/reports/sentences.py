"""What a report says, in sentences that every format shares: counts beside every share, and what is not known."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from analytics.reports import delivery, words
from models.domain.spans import counted

NEARLY_ALL = 0.9995
"""From here on, and as far from nothing, one decimal would round to all or nothing."""
Report = Mapping[str, Any]
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")
"""What no document can hold, and the marks by which a text turns the direction of what follows it."""


def clean(text: str) -> str:
    return CONTROL.sub("", text)


def headline(report: Report) -> str:
    """The verdict's own sentence, after what nobody was told of; while something of ours is broken, that too."""
    gate = report["gate"]
    missed = f"{delivery.sentence(gate)} " if delivery.is_missed(gate) else ""
    broken = f" Degraded: {gate['degraded']}" if is_beside(gate) else ""
    return f"{missed}{gate['sentence']}{broken}"


def frozen(gate: Mapping[str, Any]) -> str | None:
    """Of a rollback, that its numbers are those of the decision: what came later says less, or something else."""
    if gate["verdict"] != "rollback" or not gate["decision"]:
        return None
    return (
        f"As decided in {gate['decision']} at {moment(gate['as_of'])} UTC: "
        "score, reasons and their numbers are those of the decision, and what came later does not change them."
    )


def is_beside(gate: Mapping[str, Any]) -> bool:
    """Whether something of ours is broken, and the verdict's own sentence does not say so: it is a rollback."""
    return bool(gate["degraded"]) and gate["degraded"] not in gate["sentence"]


def rate(report: Report) -> str:
    """``Unhandled-free sessions: 98.1 % (95 %: 97.7 to 98.4; n 6,210)``, who was hurt, what it is compared with."""
    found = report["facts"]["unhandled_free"]
    hurt = report["facts"]["hurt"]
    users = f"{hurt:,} {'user was' if hurt == 1 else 'users were'} hurt."
    return f"Unhandled-free sessions: {share(found)}. {of_users(report)}{users} {baseline(report)}"


def of_users(report: Report) -> str:
    """The same of users; where no session names one, that it is unknown."""
    found = report["facts"]["users"]
    if found is None:
        return "Of users: unknown, for no session names its user. "
    about = f", where n may be {percent(found['error'])} % off" if found["error"] else ""
    return f"Unhandled-free users: {share(found['unhandled_free'])}{about}. "


def baseline(report: Report) -> str:
    kind, release = report["gate"]["baseline"]["kind"], report["gate"]["baseline"]["release"]
    if release is None:
        return "There is no baseline to compare with."
    when = {"concurrent": "which serves beside it", "sequential": "which served before it"}.get(kind, kind)
    return f"Compared with {release}, {when}."


def share(found: Mapping[str, Any]) -> str:
    """With its 95 % interval and its n; a dash where nothing is known."""
    if found["value"] is None:
        return f"{words.UNKNOWN} (n 0)"
    low, high = percent(found["low"]), percent(found["high"])
    return f"{percent(found['value'])} % (95 %: {low} to {high}; n {found['n']:,})"


def measured(reason: Mapping[str, Any]) -> str:
    """A signal's rate with interval, n and the baseline's rate."""
    if reason["value"] is None:
        return words.UNKNOWN
    told = f"{percent(reason['value'])} %"
    if reason["low"] is not None and reason["high"] is not None:
        told += f" ({percent(reason['low'])} to {percent(reason['high'])})"
    base = "" if reason["base"] is None else f"; base {percent(reason['base'])} %, n {reason['base_n']:,}"
    return f"{told}; n {reason['n']:,}{base}"


def percent(value: float) -> str:
    """A share in per cent, without the sign; never rounded to a 0 or a 100 that it is not."""
    if value in {0.0, 1.0}:
        return f"{100 * value:.0f}"
    if 1 - NEARLY_ALL < value < NEARLY_ALL:
        return f"{100 * value:.1f}"
    nearer = f"{100 * value:.2f}"
    return {"100.00": ">99.99", "0.00": "<0.01"}.get(nearer, nearer)


def issues(report: Report) -> str:
    counts = report["issues"]["counts"]
    if not counts["all"]:
        return "none."
    unexplained = report["unexplained"]
    total = report["crashed"]["total"]
    rest = f" {counted(total, 'failed session')}, {unexplained:,} of them unexplained." if total else ""
    told = [f"{counts[state]:,} {word.lower()}" for state, word in words.STATES.items() if counts[state]]
    return f"{counts['all']:,}: {', '.join(told)}.{rest}"


def people(report: Report) -> str:
    count, writers = report["feedback"]["count"], report["facts"]["users_with_feedback"]
    if not count:
        return "nobody wrote."
    who, what = "person" if writers == 1 else "people", "message" if count == 1 else "messages"
    return f"{writers:,} {who} wrote {count:,} {what}."


def system(report: Report) -> str:
    """What was decided, and what came of it; a failed action is said first."""
    decisions, actions = report["decisions"], report["actions"]
    if not decisions:
        return "nothing was decided yet."
    failed = [one for one in actions if one["state"] == "failed"]
    told = [f"{words.ACTIONS.get(one['kind'], one['kind'])} FAILED ({one['target']}): act by hand." for one in failed]
    told.append(f"{len(decisions):,} {'decision' if len(decisions) == 1 else 'decisions'}, the newest first.")
    delivered = sum(one["state"] == "delivered" for one in actions)
    pending = sum(one["state"] == "pending" for one in actions)
    if actions:
        told.append(f"{delivered:,} of {counted(len(actions), 'action')} delivered, {pending:,} pending.")
    return " ".join(told)


def said(decision: Mapping[str, Any]) -> str:
    """What people said of a decision."""
    told = [
        f"{one['by'] or 'Someone'}: {words.LABELS.get(one['label'], one['label'])}"
        + (f" ({one['reason']})" if one["reason"] else "")
        for one in decision["outcomes"]
    ]
    return "; ".join(told) + "."


def not_measured(report: Report) -> str:
    unknown = [name.replace("_", " ") for name in report["gate"]["unknown"]]
    if report["facts"]["unhandled_free"]["n"] == 0:
        unknown.append("sessions (none arrived)")
    elif report["facts"]["users"] is None:
        unknown.append("users of sessions (none is named)")
    return ", ".join(unknown) + "." if unknown else "nothing that the policy asks for."


def moment(text: str | None) -> str:
    """``2026-11-22 14:41`` of RFC 3339."""
    if text is None:
        return words.UNKNOWN
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M")
