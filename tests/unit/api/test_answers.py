"""Lists paged by cursor: `api.answers`."""

import pytest

from api.answers import cursor_of, page, place_of
from api.problems import Problem


def test_pages_join_without_gap_or_repetition() -> None:
    """Each page begins where the one before it ended; the last has no next."""
    items = list(range(10, 0, -1))
    seen: list[int] = []
    before: int | None = None
    while True:
        left = [item for item in items if before is None or item < before]
        shown = page(left[:4], 3, lambda item: item, lambda item: item)
        seen += shown["items"]
        if shown["next"] is None:
            break
        before = place_of(shown["next"], int)
    assert seen == items


def test_a_full_last_page_has_no_next() -> None:
    """Exactly as many rows as the limit are the end, not a reason to ask again."""
    assert page([1, 2, 3], 3, lambda item: item, lambda item: item)["next"] is None


def test_no_cursor_is_the_first_page() -> None:
    """Neither a missing nor an empty cursor is an error."""
    assert place_of(None, int) is None
    assert place_of("", int) is None


@pytest.mark.parametrize(
    "cursor", ["nonsense", "%%%", "é", cursor_of("text"), cursor_of(-1), cursor_of(2**63), "A" * 9]
)
def test_cursors_that_we_never_gave(cursor: str) -> None:
    """Anything else is refused as such, numbers beyond a database's range too."""
    with pytest.raises(Problem) as refused:
        place_of(cursor, int)
    assert refused.value.status == 422


def test_numbers_within_a_place_are_looked_at() -> None:
    """A number inside of a pair is as dangerous as one alone."""
    with pytest.raises(Problem):
        place_of(cursor_of(("new", (2**70, "x"))), tuple[str, tuple[int, str]])
