"""seatrial/backtest/telling.py: the result as people and scripts read it."""

import json

from analytics.learning.backtest_summary import Summary, summary
from models.domain.policy import Policy
from models.domain.verdict import Mode
from models.wire.times import to_text
from seatrial.backtest import reading, telling
from seatrial.backtest.run import compare
from tests.fakes.evidence import FIRST, minute
from tests.fakes.told_past import Pages, told_decision, told_deploy, told_minutes

BAD = [minute(2, 1)] * 15
IN_FORCE = Policy(name="shop", version=3, mode=Mode.AUTOMATIC)
GIVEN = Policy(name="strict", false_rollbacks_per_1000=150)


def found(given: Policy = GIVEN, label: str | None = "correct") -> Summary:
    deploy = told_deploy("a", len(BAD), [told_decision("rollback", label)])
    server = Pages([[deploy]], {"a": [told_minutes(BAD, IN_FORCE)]})
    past = reading.watched(server, "production", "1970", None)
    return summary(compare(server, past, IN_FORCE, given, lambda _: None), counts_alike=True)


def test_what_differs_is_told_side_by_side() -> None:
    """With the times since the deploy, and how much sooner."""
    lines = list(telling.lines(found(), "production", IN_FORCE, "strict.toml"))
    assert lines[0] == "1 deploy to production, 15 minutes of evidence."
    assert lines[2].split() == ["in", "force", "(shop@3)", "strict.toml"]
    assert "rolled back           1" in lines[3]
    at = next(index for index, line in enumerate(lines) if line.startswith("1 deploy would have gone otherwise"))
    assert lines[at + 1].startswith("  shop@1.5.0  ")
    assert lines[at + 1].endswith("confirmed bad")
    assert lines[at + 2].startswith("    in force  insufficient data +60 s, hold +")
    assert "(done)" in lines[at + 2]
    assert "(recommended): rolled back" in lines[at + 3]
    assert lines[at + 3].endswith("sooner")


def test_a_rate_has_its_n_and_interval() -> None:
    """One of one is no certainty; of none there is no rate."""
    lines = list(telling.lines(found(), "production", IN_FORCE, "strict.toml"))
    assert any(
        line.startswith("of confirmed bad") and line.endswith("1 of 1, 100.0 % (2.5 to 100.0)") for line in lines
    )
    assert any(line.startswith("of confirmed healthy") and line.endswith("none confirmed") for line in lines)


def test_where_nothing_differs_that_is_said() -> None:
    """And what is not known stands below."""
    lines = list(telling.lines(found(IN_FORCE, None), "production", IN_FORCE, "same.toml"))
    assert "No release would have gone otherwise." in lines
    assert lines[-2] == "Not known:"


def test_the_document_is_for_scripts() -> None:
    """Counts, rates, what differs with the ends of its minutes, and what is not known."""
    told = json.loads(json.dumps(telling.document(found(), "shop", "production", IN_FORCE, GIVEN)))
    assert told["schema"] == "policy-backtest.v1"
    assert (told["in_force"]["policy"], told["given"]["policy"]) == ("shop@3", "strict")
    assert told["in_force"]["automatic"] == told["given"]["recommended"] == 1
    assert told["given"]["of_bad"]["n"] == 1
    (differing,) = told["differing"]
    assert differing["bad"] is True
    assert differing["in_force"][0]["verdict"] == "insufficient_data"
    assert differing["in_force"][0]["at"] == to_text((FIRST + 1) * 60_000)
    assert told["not_known"] == []
