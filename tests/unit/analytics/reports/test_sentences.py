"""The sentences of reports: `analytics.reports.sentences`."""

import pytest

from analytics.reports import sentences
from tests.fakes.reports import report


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (1.0, "100"),
        (0.981, "98.1"),
        (0.9985, "99.9"),
        (0.9996, "99.96"),
        (0.99999, ">99.99"),
        (2e-5, "<0.01"),
    ],
)
def test_percent(value: float, shown: str) -> None:
    """Shares near none and near all have a digit more, so that they are not taken for these."""
    assert sentences.percent(value) == shown


def test_a_rate_has_interval_and_n() -> None:
    """No rate stands without its interval and its n."""
    assert "98.1 % (95 %: 97.7 to 98.4; n 6,210)" in sentences.rate(report())


def test_users_are_estimated_counted_or_unknown() -> None:
    """An estimate says how far it may be off; without any name nothing is said of users, least of all 100 %."""
    assert sentences.of_users(report()).endswith("n 6,210), where n may be 6.1 % off. ")
    exact = report()["facts"]["users"] | {"error": 0.0}
    assert sentences.of_users(report(facts=report()["facts"] | {"users": exact})).endswith("n 6,210). ")
    assert "unknown" in sentences.of_users(report(facts=report()["facts"] | {"users": None}))


def test_failed_sessions_add_up() -> None:
    """Those that no issue explains are said beside all."""
    assert sentences.issues(report()).endswith("118 failed sessions, 5 of them unexplained.")


def test_without_baseline() -> None:
    """That there is nothing to compare with is said."""
    gate = report()["gate"] | {"baseline": {"release": None, "kind": "none"}}
    assert sentences.baseline(report(gate=gate)) == "There is no baseline to compare with."


def test_a_failed_action_comes_first() -> None:
    """Failing to act is the loudest thing that is said of the system."""
    assert sentences.system(report()).startswith("Rollback FAILED (shop@1.4.2): act by hand.")


def test_one_is_one() -> None:
    """One person, one message."""
    facts = report()["facts"] | {"users_with_feedback": 1}
    assert sentences.people(report(facts=facts, feedback={"count": 1, "items": []})) == "1 person wrote 1 message."


def test_what_was_not_measured() -> None:
    """Signals without data are named as such."""
    facts = report()["facts"] | {"users": None}
    assert sentences.not_measured(report(facts=facts)) == "sign ups, users of sessions (none is named)."


def test_control_characters_are_taken_out() -> None:
    """What no document holds is dropped; line breaks and tabs stay for who shows them."""
    assert sentences.clean("a\x00b\x1b[31m\u2066c\nd\te") == "ab[31mc\nd\te"
