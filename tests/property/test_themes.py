"""Themes depend on what was said, and on nothing else."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as some

from analytics.feedback.themes import Said, Theme, themes
from seatrial.demo.catalogue import DELIVERY, ISLANDS, SINGLE, SLOW, VOUCHER

SENTENCES = some.sampled_from([*SLOW, *DELIVERY, *ISLANDS, *VOUCHER, *SINGLE, "", "👍", "too slow", "遅い"])
MESSAGES = some.one_of(SENTENCES, some.text(max_size=30))
FEEDBACK = some.lists(some.builds(Said, some.uuids().map(str), MESSAGES, some.integers(0, 5)), max_size=40)


@settings(deadline=None)
@given(FEEDBACK, some.randoms(use_true_random=False), some.integers(0, 40))
def test_order_and_repetition_decide_nothing(said: list[Said], chance: Random, earlier: int) -> None:
    """The same messages in any order, some of them twice, are the same themes with the same ids and names."""
    before = themes(said[:earlier])
    shuffled = [*said, *said[:5]]
    chance.shuffle(shuffled)
    assert themes(shuffled, before[::-1]) == themes(said, before)


@settings(deadline=None)
@given(FEEDBACK)
def test_a_theme_is_three_of_what_was_said(said: list[Said]) -> None:
    """Each message is in one theme at most, a theme has three at least, and its id is its own."""
    found = themes(said)
    members = [member for theme in found for member in theme.members]
    assert len(members) == len(set(members))
    assert set(members) <= {one.feedback for one in said}
    assert all(len(theme.members) >= 3 for theme in found)
    assert len({theme.theme for theme in found}) == len(found)


@settings(deadline=None)
@given(FEEDBACK)
def test_nothing_new_changes_nothing(said: list[Said]) -> None:
    """A run over the same messages gives the themes of the run before."""
    before: list[Theme] = themes(said)
    assert themes(said, before) == before
