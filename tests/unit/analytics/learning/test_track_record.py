"""A project's own precision and recall: what is counted, and how it is said."""

import pytest

from analytics.learning.track_record import Label, Labelled, TrackRecord, track_record
from models.domain.verdict import Verdict

CONTINUE, HOLD, ROLLBACK, LITTLE = Verdict.CONTINUE, Verdict.HOLD, Verdict.ROLLBACK, Verdict.INSUFFICIENT_DATA


def record(*decisions: tuple[str, Verdict, tuple[str, ...]]) -> TrackRecord:
    """Of decisions, each a deploy, a verdict and labels; all said by Ada, one after the other."""
    given = []
    for number, (deploy, verdict, labels) in enumerate(decisions):
        said = tuple(Label(label, "ada", 100 * number + place) for place, label in enumerate(labels))
        given.append(Labelled(f"d-{number + 1}", deploy, verdict, said))
    return track_record(given)


def test_precision_and_recall_are_counted_by_deploy() -> None:
    """Two of three labelled rollbacks were right, and two of three bad releases were found."""
    found = record(
        ("a", LITTLE, ()),
        ("a", ROLLBACK, ("correct",)),
        ("b", ROLLBACK, ("correct",)),
        ("c", ROLLBACK, ("false_alarm",)),
        ("d", CONTINUE, ("missed",)),
        ("e", CONTINUE, ("correct",)),
        ("f", CONTINUE, ()),
        ("g", ROLLBACK, ()),
    )
    assert (found.decisions, found.deploys, found.unlabelled) == (8, 7, 2)
    assert (found.alarms, found.correct, found.false_alarms, found.missed) == (4, 2, 1, 1)
    assert (found.precision.count, found.precision.n) == (2, 3)
    assert found.precision.value == pytest.approx(2 / 3)
    assert found.precision.low == pytest.approx(0.208, abs=1e-3)
    assert found.precision.high == pytest.approx(0.939, abs=1e-3)
    assert found.recall == found.precision
    assert found.sentence == (
        "Of 3 rollbacks with a label 2 were right (67 %; 95 % interval 21 to 94 %)."
        " Of 3 releases known to be bad 2 were found (67 %; 95 % interval 21 to 94 %), 1 missed."
        " 2 deploys have no label yet."
    )


def test_nothing_decided() -> None:
    """No rate without its n."""
    found = track_record([])
    assert found.sentence == "Nothing was decided yet."
    assert (found.precision.value, found.precision.low, found.recall.value) == (None, None, None)


def test_nothing_labelled() -> None:
    """What nobody labelled is neither right nor wrong."""
    found = record(("a", ROLLBACK, ()), ("b", CONTINUE, ()))
    assert (found.alarms, found.unlabelled, found.precision.value, found.recall.value) == (1, 2, None, None)
    assert found.sentence == ("Nobody has labelled a decision yet (2 deploys): how often they are right is not known.")


def test_only_one_of_the_two_is_known() -> None:
    """A false alarm alone has a precision and no recall."""
    found = record(("a", ROLLBACK, ("false_alarm",)))
    assert (found.precision.value, found.recall.value) == (0.0, None)
    assert found.sentence == (
        "Of 1 rollback with a label 0 were right (0 %; 95 % interval 0 to 79 %)."
        " Of 0 releases known to be bad 0 were found, 0 missed."
    )


def test_another_cause_is_a_false_alarm() -> None:
    """A rollback for what the release did not cause was not right."""
    found = record(("a", ROLLBACK, ("not_caused_by_release",)))
    assert (found.false_alarms, found.correct) == (1, 0)


def test_many_rollback_decisions_of_a_deploy_are_one_alarm() -> None:
    """A change of the policy decides again; what was said last, of any of them, counts."""
    found = record(("a", ROLLBACK, ("false_alarm",)), ("a", ROLLBACK, ("correct",)))
    assert (found.alarms, found.correct, found.false_alarms) == (1, 1, 0)


def test_the_last_word_counts() -> None:
    """A person who thinks again does not disagree with anybody, in whatever order the labels are given."""
    said = (Label("correct", "ada", 2), Label("false_alarm", "ada", 1))
    found = track_record([Labelled("d-1", "a", ROLLBACK, said)])
    assert (found.correct, found.false_alarms, found.disagreed) == (1, 0, ())


def test_people_who_disagree_are_named() -> None:
    """The last word counts, and that it is disputed is said."""
    said = (Label("correct", "ada", 1), Label("false_alarm", "bob", 2))
    found = track_record([Labelled("d-1", "a", ROLLBACK, said)])
    assert (found.correct, found.false_alarms, found.disagreed) == (0, 1, ("a",))
    assert "People disagree on 1 deploy; the last word counts." in found.sentence


def test_two_words_for_not_bad_are_no_dispute() -> None:
    """A false alarm, and not caused by the release, agree on what counts."""
    said = (Label("false_alarm", "ada", 1), Label("not_caused_by_release", "bob", 2))
    assert track_record([Labelled("d-1", "a", ROLLBACK, said)]).disagreed == ()


@pytest.mark.parametrize("verdict", [CONTINUE, LITTLE, HOLD])
def test_a_missed_release_stays_missed(verdict: Verdict) -> None:
    """What is said of the deploy's other decisions does not undo it; taking it back does."""
    assert record(("a", verdict, ("missed",)), ("a", CONTINUE, ("correct",))).missed == 1
    assert record(("a", verdict, ("missed", "correct"))).missed == 0


def test_missed_and_then_rolled_back_was_found() -> None:
    """Late, but the alarm came; the alarm's own label outweighs it."""
    found = record(("a", CONTINUE, ("missed",)), ("a", ROLLBACK, ()))
    assert (found.correct, found.missed) == (1, 0)
    found = record(("a", CONTINUE, ("missed",)), ("a", ROLLBACK, ("false_alarm",)))
    assert (found.correct, found.false_alarms, found.missed) == (0, 1, 0)


def test_a_hold_is_no_alarm() -> None:
    """A hold that was called false is said, and in neither share."""
    found = record(("a", HOLD, ("false_alarm",)), ("b", ROLLBACK, ("correct",)))
    assert (found.false_holds, found.false_alarms, found.alarms) == (1, 0, 1)
    assert "1 hold was called a false alarm." in found.sentence


def test_the_hold_before_a_rollback_is_part_of_the_alarm() -> None:
    """It is not counted beside it."""
    assert record(("a", HOLD, ("false_alarm",)), ("a", ROLLBACK, ("correct",))).false_holds == 0
