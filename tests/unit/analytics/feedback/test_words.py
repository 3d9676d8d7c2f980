"""What of a message is compared."""

import pytest

from analytics.feedback.words import CHARACTERS, bag


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Search is SLOW!", "slow search"),
        ("it's slow", "it’s slow"),
        ("la création échoue", "LA CREATION ECHOUE"),
        ("ｓｌｏｗ", "slow"),  # noqa: RUF001 - full width is meant
        ("Größe", "GRÖSSE"),
        ("بَطيء", "بطيء"),
        ("the slow search", "slow search, please"),
    ],
)
def test_ways_to_write_do_not_matter(one: str, other: str) -> None:
    """Case, width, accents, vowel points, punctuation, order, and words that carry no matter."""
    assert bag(one) == bag(other) != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [("search", "searching"), ("suche", "Suchfunktion"), ("checkout", "chekout"), ("検索が遅い", "検索結果")],
)
def test_related_words_share_something(one: str, other: str) -> None:
    """Endings, compounds, slips of the pen, and scripts without spaces."""
    assert set(bag(one)) & set(bag(other))


def test_unrelated_words_share_nothing() -> None:
    """What is compared tells messages apart."""
    assert not set(bag("slow search")) & set(bag("delivery date"))


def test_words_without_matter_count_where_there_are_no_others() -> None:
    """So that they can meet their like."""
    assert bag("why not") != bag("how so") != ()


@pytest.mark.parametrize("message", ["", "  ", "👍🏽👍", "?!…", "\u200d\ufe0f"])
def test_no_word_is_an_empty_bag(message: str) -> None:
    """Emoji and punctuation say nothing that could be compared."""
    assert bag(message) == ()


def test_the_end_of_a_long_message_is_not_read() -> None:
    """A complaint is told at its beginning."""
    assert bag("slow search ".ljust(CHARACTERS) + "delivery date") == bag("slow search")
