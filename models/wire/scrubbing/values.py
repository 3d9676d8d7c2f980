"""Where a value ends that stands in text after a name. None of this goes back over a text, so that none is slow."""

import re

OPENING = re.compile(r"(?i:[bfru]{0,2})(\\{0,7}+)([\"'`])")
"""A quote, as JSON within JSON escapes it, perhaps with a prefix as in Python's source."""
CLOSING = {quote: re.compile(rf"(?<!\\)(\\*+){quote}") for quote in "\"'`"}
BARE = re.compile(r"\[[^\]]*+\]?|\{[^}]*+\}?|\([^)]*+\)?|[^&\s\"'`#;,)}\]]++")
"""In brackets, or up to what ends a parameter."""
LINE = re.compile(r"[^\r\n]++")


def end_of_value(text: str, start: int) -> int | None:
    """Where the value ends that starts here, in quotes or not; the text's end if it is cut off, None if it is empty."""
    opening = OPENING.match(text, start)
    if opening is None:
        return _end(BARE, text, start)
    escapes = len(opening[1])
    for closing in CLOSING[opening[2]].finditer(text, opening.end()):
        before = len(closing[1])
        if before < escapes or before % (2 * escapes + 2) == escapes:  # others belong to a quote within the value
            return closing.end() if closing.end() - opening.end() > before + 1 else None
    return len(text) if len(text) > opening.end() else None


def end_of_line(text: str, start: int) -> int | None:
    return _end(LINE, text, start)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int | None:
    found = pattern.match(text, start)
    return found.end() if found else None
