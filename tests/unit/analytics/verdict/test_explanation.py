"""analytics/verdict/explanation.py, outlook.py and wording.py: every number is told right, and in English."""

import re

import pytest

from analytics.verdict.explanation import HELD
from analytics.verdict.wording import amount, between, count, percent, times
from models.domain.evidence import ArmMinute, EvidenceMinute
from models.domain.policy import Policy
from models.domain.verdict import Finding, Judgement, Verdict
from tests.fakes.evidence import OLD, UNKNOWN, Watched, minute

ONE_CRASH = EvidenceMinute(0, 0.3, ArmMinute(started=1, crashed=1, hurt=1), ArmMinute(started=70))


def sentences(judgement: Judgement) -> list[str]:
    return [judgement.sentence, judgement.would_change or "", *(reason.sentence for reason in judgement.reasons)]


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 users"), (1, "1 user"), (2, "2 users"), (12_000, "12,000 users"), (1_000, "1,000 users")],
)
def test_one_is_singular(number: int, told: str) -> None:
    """The noun follows the number, and thousands are set apart."""
    assert count(number, "user") == told


@pytest.mark.parametrize(
    ("expected", "told"),
    [(0.0, "none"), (0.001, "less than 0.1"), (0.06, "0.1"), (15.84, "15.8"), (99.94, "99.9"), (1234.5, "1,234")],
)
def test_expected_numbers_are_not_more_exact_than_they_are(expected: float, told: str) -> None:
    """No 0.0 for what is more than nothing."""
    assert amount(expected) == told


@pytest.mark.parametrize(
    ("ratio", "told"), [(0.2, "at most 0.2x"), (0.25, "0.25x"), (1.04, "1x"), (2.63, "2.6x"), (20.0, "at least 20x")]
)
def test_the_ends_of_the_grid_mean_or_beyond(ratio: float, told: str) -> None:
    """A ratio has two digits; what lies at the end may be anything beyond it."""
    assert times(ratio) == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(0.2, 20.0, None), (0.2, 3.9, "at most 3.9x"), (1.7, 20.0, "at least 1.7x"), (1.7, 3.94, "1.7x to 3.9x")],
)
def test_an_interval_that_says_nothing_is_not_told(low: float, high: float, told: str | None) -> None:
    """From less than .2 to more than 20 is no news."""
    assert between(low, high) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(1.0, "100.0 %"), (0.99999, "more than 99.9 %"), (0.9956, "99.6 %"), (1e-6, "less than 0.1 %"), (0.0, "0.0 %")],
)
def test_a_share_is_not_rounded_to_all_or_nothing(share: float, told: str) -> None:
    """One crash in a million is not 100 % free of crashes."""
    assert percent(share) == told


def test_the_primary_signal_is_told_with_interval_and_expectation() -> None:
    """What came, what was to be expected, and the always-valid interval of the ratio."""
    told = Watched().see(minute(2, 1), times=12).now.reasons[0]

    assert told.verdict is Finding.WORSE
    assert re.fullmatch(
        rf"24 users hurt where 5\.1 were expected by {OLD} at the same time:"
        r" [\d.]+x to \d+x as often \(95 %, however often one looks\)\.",
        told.sentence,
    )
    assert told.ratio_low is not None
    assert told.ratio is not None
    assert told.ratio_low < told.ratio


def test_one_user_hurt_is_one_user() -> None:
    """In every sentence, with and without a baseline beside it."""
    for watched in (Watched(), Watched(history=UNKNOWN)):
        for exposure in (0.3, 1.0):
            one = EvidenceMinute(0, exposure, ONE_CRASH.new, ONE_CRASH.old, minute(issues={"i": 1}).new_issues)
            watched.see(one)
            for sentence in sentences(watched.now):
                assert not re.search(r"\b1 (users|sessions|failures|more hurt users)\b", sentence)


def test_no_user_hurt_is_told_against_what_was_expected() -> None:
    """With what that rules out."""
    watched = Watched().see(minute(0, 7), times=4)

    told = watched.now.reasons[0].sentence
    assert told.startswith(f"No user hurt where 12.0 were expected by {OLD} at the same time: at most 0.")


def test_after_promotion_the_sentence_compares_what_was_compared() -> None:
    """Users hurt while nothing serves beside it are not held against what was expected while both served."""
    watched = Watched().see(minute(3, 7), times=20).see(minute(10, 0, exposure=1.0), times=20)

    assert watched.now.reasons[0].sentence.startswith(f"60 users hurt where 60.0 were expected by {OLD}")


def test_a_rollback_has_all_the_confidence_that_it_needs() -> None:
    """However few sessions were told by then, and however the evidence stands later."""
    watched = Watched().see(minute(9, 1), times=3)
    assert watched.now.verdict is Verdict.ROLLBACK
    assert watched.now.confidence == 1.0
    assert watched.see(minute(0, 7), times=5).now.confidence == 1.0


def test_nobody_hurt_on_either_is_told_with_the_sessions() -> None:
    """How much was seen is what there is to say."""
    told = Watched().see(minute(0, 0), times=20).now.reasons[0].sentence

    assert told == f"No user was hurt on it or on {OLD} at the same time, in 600 and 1,400 sessions."


def test_the_odds_of_a_rollback_are_those_that_were_proved() -> None:
    """At the threshold 1 : 400 under the default, and less the more evidence there is."""
    watched = Watched().see(minute(20, 1))

    odds = int(re.search(r"below 1 : ([\d,]+)\.", watched.now.sentence)[1].replace(",", ""))  # type: ignore[index]

    assert odds >= 400


def test_a_continue_says_what_is_ruled_out() -> None:
    """The honest bound: half again as bad with many users, else the interval's upper end."""
    many = Watched().see(minute(3, 7, sessions=1000), times=200).now
    few = Watched(Policy(false_rollbacks_per_1000=200)).see(minute(3, 7, sessions=1000), times=6).now

    assert many.sentence == f"No sign of harm in 60,000 sessions beside {OLD}. Half again as bad is ruled out."
    assert re.search(r"Worse than [\d.]+x is ruled out\.$", few.sentence)


def test_more_hurt_users_are_foretold_right() -> None:
    """As many as it says make a rollback, and one less does not."""
    watched = Watched().see(minute(0, 1), minute(1, 1), times=5)
    told = re.match(r"About (\d+) more hurt users", watched.now.would_change or "")
    assert told is not None
    further = int(told[1])

    again = Watched().see(minute(0, 1), minute(1, 1), times=5)

    assert again.see(minute(further - 2, 0, sessions=0)).now.verdict is not Verdict.ROLLBACK
    assert watched.see(minute(further + 1, 0, sessions=0)).now.verdict is Verdict.ROLLBACK


def test_further_sessions_are_foretold_about_right() -> None:
    """With as many sessions like those so far it continues; with half as many it does not."""
    watched = Watched().see(minute(3, 7, sessions=1000), times=4)
    told = re.search(r"About ([\d,]+) more sessions", watched.now.would_change or "")
    assert told is not None
    minutes = int(told[1].replace(",", "")) / 300

    assert watched.see(minute(3, 7, sessions=1000), times=int(minutes / 2)).now.verdict is Verdict.INSUFFICIENT_DATA
    assert watched.see(minute(3, 7, sessions=1000), times=int(minutes / 2) + 3).now.verdict is Verdict.CONTINUE


def test_a_rollback_says_that_nothing_changes_it() -> None:
    """It is final, and a person may label it."""
    assert "final" in (Watched().see(minute(20, 1)).now.would_change or "")


def test_every_reason_for_holding_has_its_words() -> None:
    """Each word of `held_by` that the engine gives is explained."""
    always = {"no_concurrent_baseline", "no_identity", "inferred_deploy", "sample_ratio"}
    assert set(HELD) == always | {"above_history", "unknown_users", "signal_mode"}


def test_signals_without_data_are_named() -> None:
    """A client can tell that from a signal that is well."""
    assert Watched().see(minute(sessions=0)).now.unknown == ("crash_free_users", "new_issues", "crash_free_sessions")


def test_a_rate_above_one_is_never_told() -> None:
    """More users hurt than sessions told, as when errors come and sessions do not."""
    few = EvidenceMinute(0, 0.3, ArmMinute(started=1, crashed=3, hurt=9), ArmMinute(started=2, crashed=5, hurt=50))

    for reason in Watched(history=UNKNOWN).see(few).now.reasons:
        for value in (reason.value, reason.low, reason.high, reason.base):
            assert value is None or 0.0 <= value <= 1.0


def test_crash_free_sessions_are_shown_and_not_judged_on() -> None:
    """One user's crash loop is many crashed sessions and one hurt user."""
    loop = EvidenceMinute(0, 0.3, ArmMinute(started=30, healthy=10, crashed=20), ArmMinute(started=70, healthy=70))

    watched = Watched(Policy()).see(minute(1, 0), *[loop] * 30)

    assert watched.now.verdict is Verdict.INSUFFICIENT_DATA
    assert watched.now.reasons[-1].sentence.endswith("shown, and not judged on.")
