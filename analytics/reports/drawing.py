"""The chart of ``report.v1``: what is drawn, and what a person would say of it."""

from collections.abc import Mapping
from typing import Any

from analytics.reports import sentences, words
from analytics.reports.charts import Mark, Point, Theme, health_svg
from models.wire.times import to_milliseconds

Report = Mapping[str, Any]
WIDE, NARROW = 1040, 320


def draw(report: Report, theme: Theme, width: int) -> str | None:
    """The chart as SVG, in literal colours; None where there is nothing to draw."""
    found = points(report)
    if not any(point.value is not None for point in found):
        return None
    return health_svg(
        tuple(found),
        tuple(marks(report)),
        release=report["release"],
        baseline=report["gate"]["baseline"]["release"],
        theme=theme,
        width=width,
        title=f"Health of {report['release']}",
        description=sentence(report),
    )


def points(report: Report) -> list[Point]:
    return [
        Point(_milliseconds(one["at"]), one["value"], one["low"], one["high"], one["base"]) for one in report["series"]
    ]


def marks(report: Report) -> list[Mark]:
    """Deploys and decisions."""
    verdicts = {one["decision"]: words.VERDICTS[one["verdict"]] for one in report["decisions"]}
    found = []
    for step in report["timeline"]:
        if step["kind"] == "deploy":
            found.append(Mark(_milliseconds(step["at"]), step["text"].rstrip(".").partition(" by ")[0]))
        elif step["kind"] == "decision" and step["decision"] in verdicts:
            found.append(Mark(_milliseconds(step["at"]), f"{verdicts[step['decision']]} {step['decision']}"))
    return found


def sentence(report: Report) -> str:
    """What a person would say who sees the chart."""
    known = [one for one in report["series"] if one["value"] is not None]
    if not known:
        return f"Nothing is known of {report['release']} yet."
    last = known[-1]
    base = report["gate"]["baseline"]["release"] or "its baseline"
    against = "" if last["base"] is None else f", against {sentences.percent(last['base'])} % on {base}"
    interval = ""
    if last["low"] is not None and last["high"] is not None:
        low, high = sentences.percent(last["low"]), sentences.percent(last["high"])
        interval = f" (95 % interval {low} to {high})"
    return f"Rate without harm on {report['release']} so far: {sentences.percent(last['value'])} %{interval}{against}."


def _milliseconds(text: str) -> int:
    return to_milliseconds(text) or 0
