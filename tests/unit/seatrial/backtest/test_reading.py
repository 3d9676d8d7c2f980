"""seatrial/backtest/reading.py: the past as the server tells it, page by page."""

import msgspec

from models.domain.verdict import Verdict
from seatrial.backtest import reading
from tests.fakes.evidence import FIRST, minute, numbered
from tests.fakes.told_past import Pages, told_decision, told_deploy, told_minutes


def test_deploys_come_oldest_first_over_all_pages() -> None:
    """The server has the newest first."""
    server = Pages([[told_deploy("c"), told_deploy("b")], [told_deploy("a")]])
    found = reading.watched(server, "staging", "2026-01-01T00:00:00Z", None)
    assert [one.past.deploy.deploy for one in found] == ["a", "b", "c"]
    assert server.asked[0]["since"] == "2026-01-01T00:00:00Z"
    assert {query["environment"] for query in server.asked} == {"staging"}


def test_no_more_is_asked_for_than_is_wanted() -> None:
    """The last two are on the first page."""
    server = Pages([[told_deploy("c"), told_deploy("b")], [told_deploy("a")]])
    assert [one.past.deploy.deploy for one in reading.watched(server, "production", "1970", 2)] == ["b", "c"]
    assert len(server.asked) == 1


def test_a_deploy_is_what_was_told_of_it() -> None:
    """Its labels, its rollback, its looks and the policies it was decided under."""
    opened = numbered([minute(9, 1)], FIRST + 2)
    look = {"after": FIRST + 1, "minutes": msgspec.to_builtins(opened)}
    decisions = [told_decision("hold", looked_at=look), told_decision("rollback", "correct")]
    (found,) = reading.watched(Pages([[told_deploy("a", decisions=decisions)]]), "production", "1970", None)
    assert (found.bad, found.cut, found.ended, found.policies, found.minutes) == (True, True, True, ("shop@1",), 4)
    assert found.past.history.started_old == 144_000
    (looked,) = found.past.looks
    assert (looked.after, looked.minutes) == (FIRST + 1, tuple(opened))


def test_minutes_are_read_a_page_at_a_time_and_not_past_the_list() -> None:
    """What closes meanwhile belongs to the next backtest."""
    told = told_minutes([minute(1, 2, issues={"i-1": 1})] * 9)
    server = Pages([[told_deploy("a")]], {"a": [told[:2], told[2:7], told[7:]]})
    (found,) = reading.watched(server, "production", "1970", None)
    minutes = reading.minutes(server, found)
    first, verdict = next(minutes)
    assert first == numbered([minute(1, 2, issues={"i-1": 1})])[0]
    assert verdict is Verdict.INSUFFICIENT_DATA
    assert len(server.asked) == 2, "the list and one page"
    assert [one.minute for one, _ in minutes] == [FIRST + 1, FIRST + 2, FIRST + 3]
    assert len(server.asked) == 3
