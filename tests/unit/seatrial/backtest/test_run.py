"""seatrial/backtest/run.py: one release after another, under two policies in step."""

from collections.abc import Mapping

from models.domain.policy import Policy
from models.domain.verdict import Mode
from seatrial.backtest import reading
from seatrial.backtest.run import Progress, compare
from tests.fakes.evidence import minute
from tests.fakes.told_past import Pages, told_deploy, told_minutes

AUTOMATIC = Policy(mode=Mode.AUTOMATIC, version=1)
BAD = [minute(2, 1)] * 15


def server(lengths: Mapping[str, int]) -> Pages:
    """Of deploys with so many bad minutes, oldest first."""
    deploys = [told_deploy(name, length) for name, length in lengths.items()]
    return Pages([deploys[::-1]], {name: [told_minutes(BAD[:1] * length)] for name, length in lengths.items()})


def test_progress_is_of_all_minutes() -> None:
    """It never goes back, and ends with all of them."""
    asked = server({"a": 150, "b": 15})
    told: list[Progress] = []
    compare(asked, reading.watched(asked, "production", "1970", None), AUTOMATIC, AUTOMATIC, told.append)
    assert [one.minutes for one in told] == [60, 120, 150, 165]
    assert {one.total for one in told} == {165}


def test_it_is_told_whether_a_release_went_as_recorded() -> None:
    """By the verdict of each of its minutes."""
    asked = server({"a": 15})
    past = reading.watched(asked, "production", "1970", None)
    (same,) = compare(asked, past, AUTOMATIC, Policy(mode=Mode.OBSERVE), lambda _: None)
    assert (same.as_recorded, same.minutes, same.differs) == (True, 15, True)
    (other,) = compare(asked, past, Policy(false_rollbacks_per_1000=0.01), AUTOMATIC, lambda _: None)
    assert not other.as_recorded
