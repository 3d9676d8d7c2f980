"""How long and how many, as people say it: `models.domain.spans`."""

import pytest

from models.domain.spans import counted, span

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (-5, "0 s"),
        (45_900, "45 s"),
        (2 * MINUTE, "2 min"),
        (50 * MINUTE, "50 min"),
        (3 * HOUR, "3 h"),
        (3 * HOUR + 10 * MINUTE, "3 h 10 min"),
        (47 * HOUR, "47 h"),
        (1_363_516_000, "16 days"),
        (16 * DAY, "16 days"),
    ],
)
def test_a_span_is_said_in_units_that_people_use(milliseconds: int, text: str) -> None:
    """No days in seconds; a clock that runs ahead gives no negative age."""
    assert span(milliseconds) == text


def test_one_is_said_as_one() -> None:
    """The noun follows the number, and large numbers have separators."""
    assert [counted(number, "issue") for number in (0, 1, 1_204)] == ["0 issues", "1 issue", "1,204 issues"]
    assert counted(2, "piece of feedback", "pieces of feedback") == "2 pieces of feedback"
