"""When an action that was not taken is tried again."""

from itertools import count, takewhile

import pytest

from actions.schedule import pause


def pauses(kind: str, action: str = "act_1") -> list[float]:
    """Seconds between the attempts until it is given up."""
    given = (pause(kind, action, attempt) for attempt in count(1))
    return [wait / 1_000 for wait in takewhile(lambda wait: wait is not None, given) if wait is not None]


def test_a_rollback_is_tried_six_times_in_about_a_minute() -> None:
    """Seconds count while users are hurt."""
    first = pauses("rollback")[:5]
    assert sum(first) <= 1.1 * 67
    assert first == sorted(first)


@pytest.mark.parametrize(("kind", "seconds"), [("rollback", 3_127), ("hold", 56_555), ("action_failed", 56_555)])
def test_it_is_given_up_after_what_the_constants_say(kind: str, seconds: int) -> None:
    """The sum of all pauses is the one stated, at most a tenth longer."""
    assert seconds <= sum(pauses(kind)) <= 1.1 * seconds


def test_the_same_attempt_of_the_same_action_waits_the_same() -> None:
    """Jitter is drawn from the id."""
    assert pauses("hold") == pauses("hold")


def test_actions_that_failed_together_are_not_tried_together() -> None:
    """Other ids, other pauses."""
    assert len({pause("hold", f"act_{number}", 3) for number in range(50)}) > 40


def test_after_the_last_attempt_there_is_no_other() -> None:
    """Also not for an attempt beyond the last, which a killed outbox can leave."""
    last = len(pauses("rollback")) + 1
    assert [pause("rollback", "act_1", attempt) for attempt in (last, last + 1)] == [None, None]
