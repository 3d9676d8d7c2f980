"""Numbers, times and words as pages write them."""

import pytest

from api.web import shown

START = 1_795_390_740_000


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "—"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.981, "98.1 %"),
        (0.9996, "99.96 %"),
        (0.99999, ">99.99 %"),
        (0.0004, "0.04 %"),
        (0.00001, "<0.01 %"),
    ],
)
def test_a_rate_is_never_rounded_to_all_or_nothing(rate: float | None, text: str) -> None:
    """0 % and 100 % are written only where they are true, and a dash where nothing is known."""
    assert shown.percent(rate) == text


def test_an_interval_has_both_ends_or_is_not_written() -> None:
    """An interval with an unknown end is no interval."""
    assert shown.interval(0.977, 0.984) == "97.7–98.4"
    assert not shown.interval(None, 0.984)
    assert not shown.interval(0.977, None)


def test_counts_have_separators_and_unknown_ones_are_a_dash() -> None:
    """6,210, not 6210; unknown is not 0."""
    assert shown.count(6210) == "6,210"
    assert shown.count(0) == "0"
    assert shown.count(None) == "—"


def test_points_carry_their_minus() -> None:
    """What is taken from the score is negative; nothing is a plain 0."""
    assert shown.points(51.25) == "−51.2"
    assert shown.points(0.0) == "0"
    assert shown.points(None) == "—"


def test_times_are_utc_from_text_and_from_milliseconds() -> None:
    """Both spellings of one time look the same, and no time is a dash."""
    assert shown.day_time(START) == shown.day_time("2026-11-22T23:39:00Z") == "22 Nov 23:39"
    assert shown.iso(START) == "2026-11-22T23:39:00Z"
    assert shown.clock(None) == "—"


def test_a_long_text_is_cut_on_one_line() -> None:
    """8,000 letters and line breaks become one line with an ellipsis."""
    cut = shown.cut("a\nb\t" + "c" * 8_000, 20)
    assert len(cut) == 20
    assert cut.startswith("a b ccc")
    assert cut.endswith("…")


def test_every_finding_and_verdict_has_a_colour_of_the_four() -> None:
    """No word falls through to a state without a shape."""
    assert {*shown.FINDING_STATES.values(), *shown.VERDICT_STATES.values()} == {"ok", "hold", "bad", "none"}
    assert shown.finding("maybe_worse") == "Maybe worse"
