"""analytics/learning/confirmed.py: what people's labels say of a release."""

import pytest

from analytics.learning import confirmed
from analytics.learning.track_record import Label, Labelled
from models.domain.verdict import Verdict

CONTINUE, HOLD, ROLLBACK, LITTLE = Verdict.CONTINUE, Verdict.HOLD, Verdict.ROLLBACK, Verdict.INSUFFICIENT_DATA


def labelled(*decisions: tuple[Verdict, tuple[str, ...]]) -> list[Labelled]:
    return [
        Labelled(f"d-{number}", "a", verdict, tuple(Label(label, "ada", at) for at, label in enumerate(labels)))
        for number, (verdict, labels) in enumerate(decisions)
    ]


@pytest.mark.parametrize(
    ("decisions", "bad"),
    [
        ([], None),
        ([(LITTLE, ()), (CONTINUE, ())], None),
        ([(ROLLBACK, ("correct",))], True),
        ([(ROLLBACK, ("false_alarm",))], False),
        ([(ROLLBACK, ("not_caused_by_release",))], False),
        ([(ROLLBACK, ("false_alarm", "correct"))], True),
        ([(CONTINUE, ("missed",))], True),
        ([(CONTINUE, ("correct",))], False),
        ([(HOLD, ("false_alarm",))], False),
        ([(HOLD, ("correct",))], None),
        ([(LITTLE, ("correct",))], None),
        ([(CONTINUE, ("correct",)), (HOLD, ()), (ROLLBACK, ())], False),
        ([(CONTINUE, ("correct",)), (ROLLBACK, ("correct",))], True),
        ([(HOLD, ("false_alarm",)), (CONTINUE, ("missed",))], True),
    ],
)
def test_what_people_confirmed(decisions: list[tuple[Verdict, tuple[str, ...]]], *, bad: bool | None) -> None:
    """The last word on each decision; that of an alarm over all others, and nothing where it is not clear."""
    assert confirmed.bad(labelled(*decisions)) is bad
