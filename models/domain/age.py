"""How old a release was in a minute, in steps that double: what is counted by it can be compared over equal spans."""

LONGEST = 12
"""2^12 = 4,096 minutes, not quite three days: of what comes later, nobody asks how the release began."""


def age_of(minutes: int) -> int:
    """The step of a minute so many after the release's first; the first ``2 ** k`` have the steps 0 to ``k``."""
    return min(max(minutes, 0).bit_length(), LONGEST + 1)


def span_of(minutes: int) -> int | None:
    """The last step that is over once a release is so many minutes old; None before its first minute is."""
    return min(minutes.bit_length() - 1, LONGEST) if minutes > 0 else None
