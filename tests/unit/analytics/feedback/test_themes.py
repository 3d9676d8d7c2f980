"""What is a theme, what it is called, and how long it keeps its id."""

import pytest

from analytics.feedback.themes import NAME, NEWEST, Said, Theme, themes
from seatrial.demo.catalogue import DELIVERY, ISLANDS, SINGLE, SLOW, VOUCHER


def said(*messages: str, prefix: str = "f") -> list[Said]:
    return [Said(f"{prefix}{place:04}", message, place) for place, message in enumerate(messages)]


@pytest.mark.parametrize(
    "messages",
    [
        (),
        ("slow",),
        ("search is slow", "slow search"),
        ("", " ", "\n\t", ""),
        ("👍", "👍", "👍", "👍👍"),
        ("...", "!!!", "???"),
        SINGLE,
    ],
)
def test_no_theme(messages: tuple[str, ...]) -> None:
    """Fewer than three, nothing said, not a word in it, or nobody of one mind."""
    assert themes(said(*messages)) == []


def test_three_who_say_the_same_are_a_theme() -> None:
    """Word by word the same, but for case and punctuation; also of words that say little by themselves."""
    (found,) = themes(said("Too slow!", "too slow", "too   SLOW…"))
    assert found.members == ("f0000", "f0001", "f0002")
    (found,) = themes(said("why not", "Why not?", "why not"))
    assert found.name == "why not"


def test_an_id_counts_once() -> None:
    """A message that is given twice is one member, so that two of them are no theme."""
    assert themes(said("search is slow", "search is slow") * 3) == []


def test_a_theme_is_named_in_a_member_s_own_words() -> None:
    """Its name is a message, letter by letter."""
    found = themes(said(*SLOW, *DELIVERY, *SINGLE))
    assert {theme.name for theme in found} <= {*SLOW, *DELIVERY}
    assert len(found) == 2


@pytest.mark.parametrize("words", ["pay " * 2_000, "x" * 8_000, "検索が遅い" * 1_600])
def test_a_long_message_is_cut_in_the_name(words: str) -> None:
    """8,000 characters are read and named within bounds."""
    (found,) = themes(said(words, words, words))
    assert len(found.name) <= NAME + 1
    assert found.name.endswith("…")


def test_a_lone_surrogate_is_a_character() -> None:
    """What JSON can carry does no harm, in a message and in an id."""
    (found,) = themes([Said(f"\udc00{place}", "slow \ud800 search") for place in range(3)])
    assert len(found.members) == 3


def test_the_largest_is_first() -> None:
    """Themes are listed by how many say so."""
    assert [len(theme.members) for theme in themes(said(*DELIVERY, *SLOW, *SINGLE))] == [7, 5]


def test_only_the_newest_are_looked_at() -> None:
    """Of more messages than a tick has time for, the oldest are in no theme."""
    old = [Said(f"a{place}", "search is slow", place) for place in range(3)]
    new = [Said(f"b{place}", "delivery date missing", 3 + place) for place in range(NEWEST)]
    (found,) = themes([*old, *new])
    assert len(found.members) == NEWEST
    assert not {one.feedback for one in old} & set(found.members)


def test_the_same_feedback_gives_the_same_ids() -> None:
    """An id comes from the members, not from chance."""
    messages = said(*SLOW, *DELIVERY)
    assert themes(messages) == themes(messages)
    assert len({theme.theme for theme in themes(messages)}) == 2


def test_a_growing_theme_keeps_id_and_name() -> None:
    """Messages that come later change the count only."""
    before = themes(said(*VOUCHER[:3], *SINGLE))
    (after,) = themes(said(*VOUCHER[:3], *SINGLE, *VOUCHER[3:]), before)
    assert (after.theme, after.name) == (before[0].theme, before[0].name)
    assert len(after.members) == len(VOUCHER)


def test_a_theme_that_was_many_keeps_its_id_while_few_are_left() -> None:
    """Members that are gone do not outvote those that are left."""
    before = themes(said(*VOUCHER))
    (after,) = themes(said(*VOUCHER)[-3:], before)
    assert after.theme == before[0].theme


def test_a_name_goes_with_its_member() -> None:
    """When nobody who is left used the words, the theme is named anew and keeps its id."""
    messages = said(*VOUCHER)
    (before,) = themes(messages)
    (after,) = themes([one for one in messages if one.message != before.name], [before])
    assert after.theme == before.theme
    assert after.name != before.name
    assert after.name in VOUCHER


def test_of_a_theme_that_falls_apart_the_larger_part_keeps_the_id() -> None:
    """The other part is a new theme."""
    messages = said(*SLOW, *ISLANDS)
    before = Theme("old", SLOW[0], tuple(one.feedback for one in messages))
    larger, smaller = themes(messages, [before])
    assert (larger.theme, len(larger.members)) == ("old", len(SLOW))
    assert smaller.theme != "old"


def test_an_id_that_is_in_use_is_not_given_again() -> None:
    """A part that leaves a theme may be what the theme began as: it gets an id of its own."""
    began = themes(said(*ISLANDS))
    whole = said(*ISLANDS, *SLOW)
    grown = [Theme(began[0].theme, SLOW[0], tuple(one.feedback for one in whole))]
    larger, smaller = themes(whole, grown)
    assert larger.theme == began[0].theme
    assert smaller.members == began[0].members
    assert smaller.theme != began[0].theme
