"""Numbers in plain words."""

from analytics.statistics.likelihood import GRID

SMALLEST_SHOWN = 0.05
LARGE = 100
"""From here on a decimal says nothing."""
EDGE = 1e-9
SIGNIFICANT = 6


def count(number: int, noun: str) -> str:
    """``1 user``, ``2 users``, ``12,000 users``; the noun is told in the singular."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def amount(expected: float) -> str:
    """An expected number: ``none``, ``less than 0.1``, ``15.8``, ``1,234``."""
    if expected <= 0.0:
        return "none"
    if expected < SMALLEST_SHOWN:
        return "less than 0.1"
    return f"{expected:.1f}" if expected < LARGE else f"{expected:,.0f}"


def percent(share: float) -> str:
    """``99.6 %``; never ``100.0 %`` of what is not whole, nor ``0.0 %`` of what is not nothing."""
    told = f"{100 * share:.1f}"
    if told == "100.0" and share < 1.0:
        return "more than 99.9 %"
    return "less than 0.1 %" if told == "0.0" and share > 0.0 else f"{told} %"


def times(ratio: float) -> str:
    """A ratio on the grid, whose ends mean "or beyond": ``at most 0.2x``, ``1.6x``, ``at least 20x``."""
    if ratio <= GRID[0] + EDGE:
        return f"at most {GRID[0]:.2g}x"
    return f"at least {GRID[-1]:.2g}x" if ratio >= GRID[-1] - EDGE else f"{ratio:.2g}x"


def between(low: float, high: float) -> str | None:
    """An interval of ratios; None if it says nothing."""
    below, above = low <= GRID[0] + EDGE, high >= GRID[-1] - EDGE
    if below and above:
        return None
    if below:
        return f"at most {high:.2g}x"
    return f"at least {low:.2g}x" if above else f"{low:.2g}x to {high:.2g}x"


def rounded(value: float) -> float:
    """Six significant digits: enough for people, and the same on every machine."""
    return float(f"{value:.{SIGNIFICANT}g}")
