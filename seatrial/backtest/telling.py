"""The result of a backtest: one document for scripts, and lines for people."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from analytics.learning.backtest import Change, Replayed
from analytics.learning.backtest_summary import Compared, Summary, Totals
from analytics.learning.track_record import Share
from models.domain.deploy import MINUTE
from models.domain.policy import Policy
from models.domain.spans import counted, span
from models.domain.verdict import Verdict
from models.wire.times import to_text

SCHEMA = "policy-backtest.v1"
CONFIRMED = {True: "confirmed bad", False: "confirmed healthy", None: "not confirmed"}
CALLS = {
    "rollback": "done",
    "rollback_recommended": "recommended",
    "rollback_withheld": "withheld",
    "silent_source": "source silent",
}
MOST_CHANGES = 6
"""Of one release under one policy, in a line."""


def document(found: Summary, project: str, environment: str, in_force: Policy, given: Policy) -> dict[str, Any]:
    """``policy-backtest.v1``. Each time is the end of the minute after which something was decided."""
    return {
        "schema": SCHEMA,
        "project": project,
        "environment": environment,
        "deploys": found.deploys,
        "minutes": found.minutes,
        "in_force": {"policy": in_force.title} | asdict(found.in_force),
        "given": {"policy": given.name} | asdict(found.given),
        "differing": [_differing(one) for one in found.differing],
        "not_known": list(found.not_known),
    }


def lines(found: Summary, environment: str, in_force: Policy, given: str) -> Iterator[str]:
    """For people; ``given``: what the other policy is called."""
    yield f"{counted(found.deploys, 'deploy')} to {environment}, {counted(found.minutes, 'minute')} of evidence."
    yield ""
    yield from _table(found.in_force, found.given, f"in force ({in_force.title})", given)
    yield ""
    if not found.differing:
        yield "No release would have gone otherwise."
    else:
        yield f"{counted(len(found.differing), 'deploy')} would have gone otherwise:"
    for one in found.differing:
        yield f"  {one.release}  {to_text(one.first_minute * MINUTE)}  {CONFIRMED[one.bad]}"
        yield f"    in force  {_course(one, one.in_force)}"
        yield f"    given     {_course(one, one.given)}{_sooner(one)}"
    if found.not_known:
        yield ""
        yield "Not known:"
    yield from (f"  {text}" for text in found.not_known)


def _table(in_force: Totals, given: Totals, first: str, second: str) -> Iterator[str]:
    rows = [
        ("", first, second),
        ("rolled back", str(in_force.rolled_back), str(given.rolled_back)),
        ("  done", str(in_force.automatic), str(given.automatic)),
        ("  recommended", str(in_force.recommended), str(given.recommended)),
        ("  withheld", str(in_force.withheld), str(given.withheld)),
        ("held at some time", str(in_force.held), str(given.held)),
        ("of confirmed bad", _rate(in_force.of_bad), _rate(given.of_bad)),
        ("of confirmed healthy", _rate(in_force.of_healthy), _rate(given.of_healthy)),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _rate(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "none confirmed"
    return f"{share.count} of {share.n}, {100 * share.value:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"


def _course(one: Compared, replayed: Replayed) -> str:
    """``too little data, hold +24 min, rollback +38 min (recommended)``; times are since the deploy."""
    told = [_change(one, change) for change in replayed.changes]
    more = [f"… {len(told) - MOST_CHANGES} more"] if len(told) > MOST_CHANGES else []
    return ", ".join([*told[: MOST_CHANGES // 2], *more, *told[-MOST_CHANGES // 2 :]] if more else told) or "nothing"


def _change(one: Compared, change: Change) -> str:
    since = span((change.minute + 1 - one.first_minute) * MINUTE)
    call = CALLS.get(change.call or "")
    return f"{change.verdict.value.replace('_', ' ')} +{since}{f' ({call})' if call else ''}"


def _sooner(one: Compared) -> str:
    then, now = one.in_force.first(Verdict.ROLLBACK), one.given.first(Verdict.ROLLBACK)
    if then is None or now is None or then.minute == now.minute:
        return ""
    apart = span(abs(then.minute - now.minute) * MINUTE)
    return f": rolled back {apart} {'sooner' if now.minute < then.minute else 'later'}"


def _differing(one: Compared) -> dict[str, Any]:
    return {
        "deploy": one.deploy,
        "release": one.release,
        "since": to_text(one.first_minute * MINUTE),
        "bad": one.bad,
        "in_force": _changes(one.in_force.changes),
        "given": _changes(one.given.changes),
    }


def _changes(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [
        {"at": to_text((change.minute + 1) * MINUTE), "verdict": change.verdict.value, "call": change.call}
        for change in changes
    ]
