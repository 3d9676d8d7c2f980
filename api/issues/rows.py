"""Issues as documents and lists show them: one shape, wherever they stand."""

from typing import Any

from analytics.correlation.resolutions import Comparison as Compared
from analytics.correlation.resolutions import Standing
from analytics.correlation.suspects import Suspect
from analytics.statistics.comparison import Comparison
from analytics.statistics.likelihood import GRID
from api.issues.listing import Listed
from api.rows import minute_start
from models.domain.evidence import MILLISECONDS_A_MINUTE
from models.domain.issue import IssueCommand
from models.domain.spans import span
from models.store.queries.issues import Issue
from models.wire.times import to_text


def listed_row(one: Listed, url: str) -> dict[str, Any]:
    """An issue of a list: ``state`` is null where no release was asked for."""
    return issue_row(one.issue, url) | {
        "state": one.state.value if one.state else None,
        "status": one.standing.status.value,
        "why": why(one),
        "worse": worse_row(one.worse) if one.worse else None,
        "suspect": suspect_row(one.suspect) if one.suspect else None,
    }


def why(one: Listed) -> str | None:
    """Of an issue that came back, with what its event was compared; of one that is getting worse, by how much."""
    if one.worse is not None:
        return worse_sentence(one.worse)
    return one.back.sentence if one.back else None


def worse_row(one: Comparison) -> dict[str, Any]:
    """Rates are of users hurt (or failures of nobody known) a session, each in a release's first ``minutes``."""
    arms = one.arms
    return {
        "ratio": one.ratio,
        "low": one.low,
        "high": one.high,
        "value": arms.new.hurt / arms.new.exposed,
        "hurt": arms.new.hurt,
        "n": arms.new.exposed,
        "baseline": arms.old.release,
        "base": arms.old.hurt / arms.old.exposed,
        "base_hurt": arms.old.hurt,
        "base_n": arms.old.exposed,
        "minutes": arms.minutes,
        "log_evidence": one.log_evidence,
        "sentence": worse_sentence(one),
    }


def worse_sentence(one: Comparison) -> str:
    new, old = one.arms.new, one.arms.old
    return (
        f"{ratio_text(one.ratio)} as often as on {old.release} ({ratio_text(one.low)} to {ratio_text(one.high)}): "
        f"{new.hurt:,} in {new.exposed:,} sessions against {old.hurt:,} in {old.exposed:,}, "
        f"in the first {span(one.arms.minutes * MILLISECONDS_A_MINUTE)} of each"
    )


def ratio_text(ratio: float) -> str:
    """``4.2 times``; at the edges of what is measured, beyond them."""
    if ratio >= float(GRID[-1]):
        return f"{GRID[-1]:.0f} or more times"
    return f"at most {GRID[0]:.1f} times" if ratio <= float(GRID[0]) else f"{ratio:.1f} times"


def suspect_row(one: Suspect) -> dict[str, Any]:
    return {
        "commit": one.change.commit,
        "message": one.change.message,
        "author": one.change.author,
        "release": one.change.release,
        "file": one.file,
        "depth": one.depth,
        "matched": one.matched,
        "line": one.frame.line,
        "confidence": one.confidence.value,
        "evidence": one.evidence,
    }


def standing_row(one: Standing) -> dict[str, Any]:
    """What holds of an issue in an environment, and on what grounds."""
    return {
        "status": one.status.value,
        "fixed_in": one.fixed_in,
        "came_back": [_compared(back) for back in one.came_back],
        "old_clients": [_compared(old) for old in one.old_clients],
    }


def command_row(one: IssueCommand) -> dict[str, Any]:
    return {
        "id": one.command,
        "command": one.kind.value,
        "fixed_in": one.fixed_in.value if one.fixed_in else None,
        "release": one.release,
        "current": dict(one.current),
        "reason": one.reason,
        "by": one.said_by,
        "at": to_text(one.at),
    }


def _compared(one: Compared) -> dict[str, Any]:
    ordered_by = one.by.value if one.by else None
    return {"release": one.release, "seen": minute_start(one.minute), "by": ordered_by, "sentence": one.sentence}


def issue_row(one: Issue, url: str) -> dict[str, Any]:
    return {
        "issue": one.issue,
        "name": one.name,
        "title": one.title,
        "culprit": one.culprit,
        "level": one.level,
        "users": one.users,
        "events": one.events,
        "unhandled": one.unhandled,
        "feedback": one.feedback,
        "first_seen": None if one.first_minute is None else minute_start(one.first_minute),
        "last_seen": None if one.last_minute is None else minute_start(one.last_minute),
        "url": url,
    }
