"""Numbers of payment cards: 13 to 19 digits, in one piece or in groups, with a check digit (ISO/IEC 7812-1)."""

import re
from collections.abc import Iterator
from itertools import islice

NUMBER = re.compile(r"(?<![0-9.])[2-6](?:[ -]?[0-9]){12,18}(?![0-9])")
SHORTEST, LONGEST = 13, 19
ONE_PIECE = b"0" * SHORTEST
GROUPS = (b"0000 0000", b"0000-0000")
"""How cards are printed: 4-4-4-4, 4-6-5 or 4-6-4. Digits in other groups are looked at only beside such ones."""
ZEROS = re.compile(rb"0+")
FIRST = b"23456"
SEPARATORS = b" -"
MOST_PIECES = 1_000
"""So many long pieces are looked at one by one, at 3 microseconds each; in more than that, the pattern has to look."""
ID_WIDTH = 64
"""Characters of an id on each side: the longest in use is a SHA-256."""
BEFORE = re.compile(rf"[\w-]{{1,{ID_WIDTH}}}\Z")
AFTER = re.compile(rf"[\w-]{{1,{ID_WIDTH}}}")
HEXADECIMAL = re.compile(r"[0-9a-fA-F-]+")


def may_hold(encoded: bytes, shape: bytes) -> bool:
    """Whether a JSON can hold a card's number: far cheaper than the pattern, and seldom true where there is none.

    ``shape`` is the JSON with every digit a ``0``.
    """
    if any(group in shape for group in GROUPS):
        return True
    pieces = list(islice(_pieces(shape), MOST_PIECES))
    return len(pieces) == MOST_PIECES or any(_may_be_one(encoded, start, end) for start, end in pieces)


def is_card(match: re.Match[str]) -> bool:
    """Whether what `NUMBER` found has a right check digit, and is not part of a hexadecimal id, such as a trace's."""
    digits = match[0].encode().translate(None, SEPARATORS)
    return _passes_luhn(digits) and not _is_in_an_id(match.string, *match.span())


def _pieces(shape: bytes) -> Iterator[tuple[int, int]]:
    """Where pieces of at least `SHORTEST` digits start and end."""
    start = shape.find(ONE_PIECE)
    while found := ZEROS.match(shape, start) if start >= 0 else None:
        yield found.span()
        start = shape.find(ONE_PIECE, found.end())


def _may_be_one(encoded: bytes, start: int, end: int) -> bool:
    before = encoded[start - 1 : start]
    if end - start > LONGEST:
        return before == b"u"  # the escape of a control character may stand before the number
    if before == b"." or encoded[start] not in FIRST or not _passes_luhn(encoded[start:end]):
        return False
    left = max(0, start - ID_WIDTH)
    around = encoded[left : end + ID_WIDTH]
    return b"\\" in around or not _is_in_an_id(around.decode("latin-1"), start - left, end - left)


def _passes_luhn(digits: bytes) -> bool:
    """ISO/IEC 7812-1, annex B."""
    backwards = [digit - ord("0") for digit in reversed(digits)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in backwards[1::2])
    return (sum(backwards[::2]) + sum(doubled)) % 10 == 0


def _is_in_an_id(text: str, start: int, end: int) -> bool:
    around = BEFORE.search(text[max(0, start - ID_WIDTH) : start]), AFTER.match(text, end)
    letters = "".join(found[0] for found in around if found)
    return HEXADECIMAL.fullmatch(letters) is not None and any(letter.isalpha() for letter in letters)
