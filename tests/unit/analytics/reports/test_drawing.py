"""From ``report.v1`` to a chart: its points, its marks, and the sentence for who does not see it."""

from typing import Any

from analytics.reports import drawing
from analytics.reports.charts import Mark, Point

START = 1_795_390_740_000


def report(**changes: Any) -> dict[str, Any]:
    series = [
        {"at": "2026-11-22T23:39:00Z", "value": None, "low": None, "high": None, "base": None},
        {"at": "2026-11-22T23:40:00Z", "value": 0.981, "low": 0.977, "high": 0.984, "base": 0.997},
    ]
    timeline = [
        {
            "at": "2026-11-22T23:39:00Z",
            "kind": "deploy",
            "text": "Deployed at 30 % of traffic by ana.",
            "decision": None,
        },
        {"at": "2026-11-22T23:40:00Z", "kind": "decision", "text": "Roll back: …", "decision": "d-7"},
        {"at": "2026-11-22T23:40:00Z", "kind": "outcome", "text": "ana said it was correct", "decision": "d-7"},
    ]
    return {
        "release": "shop@1.5.0",
        "gate": {"baseline": {"release": "shop@1.4.2", "kind": "concurrent"}},
        "series": series,
        "timeline": timeline,
        "decisions": [{"decision": "d-7", "verdict": "rollback"}],
    } | changes


def test_what_is_not_known_stays_unknown_in_the_chart() -> None:
    """A null of the document is a gap, never 0."""
    assert drawing.points(report()) == [
        Point(START, None, None, None, None),
        Point(START + 60_000, 0.981, 0.977, 0.984, 0.997),
    ]


def test_deploys_and_decisions_are_marks_and_outcomes_are_not() -> None:
    """A mark says what happened in few words, without who did it."""
    assert drawing.marks(report()) == [
        Mark(START, "Deployed at 30 % of traffic"),
        Mark(START + 60_000, "Roll back d-7"),
    ]


def test_the_sentence_says_value_interval_and_baseline() -> None:
    """What a person would say who sees the chart."""
    said = drawing.sentence(report())
    assert "98.1 %" in said
    assert "97.7 to 98.4" in said
    assert "99.7 % on shop@1.4.2" in said


def test_nothing_known_is_said_as_such() -> None:
    """No series, or one without values, is no rate of anything."""
    cases: list[list[Any]] = [[], report()["series"][:1]]
    for series in cases:
        assert drawing.sentence(report(series=series)) == "Nothing is known of shop@1.5.0 yet."
