"""How pages write numbers, times and words. What is not known is a dash, never 0."""

from datetime import UTC, datetime

from analytics.reports import sentences
from analytics.reports.words import FINDINGS, UNKNOWN
from models.store.queries.feedback_joins import JoinedBy
from models.wire.times import to_milliseconds

KINDS = {"concurrent": "serving at the same time", "sequential": "its 24 hours before", "none": ""}
FINDING_STATES = {
    "worse": "bad",
    "maybe_worse": "hold",
    "same": "ok",
    "better": "ok",
    "too_little_data": "none",
    "no_data": "none",
}
JOINED = {
    JoinedBy.EVENT: "by its event",
    JoinedBy.SESSION: "by its session",
    JoinedBy.USER: "by its user’s last error",
    JoinedBy.NOTHING: "by nothing",
}
VERDICT_STATES = {"continue": "ok", "hold": "hold", "rollback": "bad", "insufficient_data": "none"}


def percent(rate: float | None) -> str:
    """``98.1 %``; never rounded to a 0 or a 100 that it is not."""
    return UNKNOWN if rate is None else f"{sentences.percent(rate)} %"


def interval(low: float | None, high: float | None) -> str:
    """``97.7–98.4``; empty where either end is not known."""
    return "" if low is None or high is None else f"{sentences.percent(low)}–{sentences.percent(high)}"


def count(number: float | None) -> str:
    return UNKNOWN if number is None else f"{number:,.0f}"


def points(number: float | None) -> str:
    """What a signal takes from the score, with a minus sign."""
    if number is None:
        return UNKNOWN
    return f"−{number:.1f}" if round(number, 1) else "0"


def score(number: float | None) -> str:
    return UNKNOWN if number is None else f"{number:g}"


def moment(text: str | int | None) -> datetime | None:
    """A time of ours, RFC 3339 or ms, as a value."""
    milliseconds = text if isinstance(text, int) else to_milliseconds(text)
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def iso(text: str | int | None) -> str:
    found = moment(text)
    return found.isoformat(timespec="seconds").replace("+00:00", "Z") if found else ""


def day_time(text: str | int | None) -> str:
    """``22 Nov 14:03``, in UTC."""
    found = moment(text)
    return f"{found.day} {found:%b %H:%M}" if found else UNKNOWN


def clock(text: str | int | None) -> str:
    """``14:52:10``, in UTC."""
    found = moment(text)
    return f"{found:%H:%M:%S}" if found else UNKNOWN


def finding(name: str) -> str:
    """The word without its shape, which the page draws."""
    return FINDINGS.get(name, name).partition(" ")[2] or name


def cut(text: str | None, most: int = 160) -> str:
    """The beginning of a text of any length."""
    flat = " ".join((text or "").split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
