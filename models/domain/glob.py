"""Patterns that people write: ``*`` stands for any characters, everything else for itself, whatever its case."""


def matches(pattern: str, text: str) -> bool:
    """Whether all of ``text`` is as ``pattern`` says. Takes no longer than reading both: there is no backtracking."""
    first, *rest = pattern.lower().split("*")
    lower = text.lower()
    if not rest:
        return lower == first
    *middle, last = rest
    if not lower.startswith(first) or len(lower) < len(first) + len(last):
        return False
    at, end = len(first), len(lower) - len(last)
    for part in middle:
        found = lower.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return lower.endswith(last)
