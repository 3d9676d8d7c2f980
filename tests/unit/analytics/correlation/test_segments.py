"""The segments of a session: `analytics.correlation.segments`."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.correlation.agents import DEVICES, SYSTEMS
from analytics.correlation.countries import COUNTRIES
from analytics.correlation.segments import MOST, segments
from models.domain.project import Segment

PLAN = Segment("plan", ("pro", "free"))


@pytest.mark.parametrize(
    ("segment", "told", "value"),
    [
        (Segment("os"), {}, "iOS"),
        (Segment("os"), {"os": "Windows"}, "Windows"),
        (Segment("os"), {"os": "TempleOS"}, "iOS"),
        (Segment("device"), {}, "mobile"),
        (Segment("device"), {"device": "bot"}, "bot"),
        (Segment("country"), {}, "unknown"),
        (Segment("country"), {"country": "de"}, "DE"),
        (Segment("country"), {"country": "XX"}, "unknown"),
        (Segment("country"), {"country": "T1"}, "unknown"),
        (PLAN, {"plan": "pro"}, "pro"),
        (PLAN, {"plan": " pro "}, "pro"),
        (PLAN, {"plan": "PRO"}, "other"),
        (PLAN, {"plan": ["pro"]}, "unknown"),
        (PLAN, {"plan": None}, "unknown"),
        (PLAN, {}, "unknown"),
        (Segment("tier", ("1", "2")), {"tier": 2}, "2"),
    ],
)
def test_each_segment_has_one_value(segment: Segment, told: dict[str, Any], value: str) -> None:
    """What is told wins over the user agent where it is of the list; of an attribute, what is not listed is other."""
    assert segments([segment], told, "Mozilla/5.0 (iPhone)") == ((segment.name, value),)


def test_what_a_project_asks_is_bounded() -> None:
    """The first segments are counted; what nobody asks for is not."""
    assert len(segments([Segment(f"s{number}", ("a",)) for number in range(20)], {}, None)) == MOST
    assert segments([], {"plan": "pro"}, "Windows") == ()


@given(
    some.dictionaries(some.sampled_from(["os", "device", "country", "plan"]), some.text() | some.integers()),
    some.text(),
)
def test_told_again_it_is_the_same(told: dict[str, object], agent: str) -> None:
    """Intake tells what it found, and a consumer reads that; each value is of its closed list."""
    asked = [Segment("os"), Segment("device"), Segment("country"), PLAN]
    found = dict(segments(asked, told, agent))
    assert dict(segments(asked, dict(found), agent)) == found
    assert found["os"] in SYSTEMS
    assert found["device"] in DEVICES
    assert found["country"] in COUNTRIES | {"unknown"}
    assert found["plan"] in {"pro", "free", "other", "unknown"}
