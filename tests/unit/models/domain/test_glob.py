"""Patterns with ``*``."""

import pytest

from models.domain.glob import matches


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("iban", "IBAN"), ("customer_*", "customer_"), ("*", ""), ("*key", "api_key"), ("a*b*c", "aXbYc"), ("a**b", "ab")],
)
def test_a_pattern_matches(pattern: str, text: str) -> None:
    """The whole text, whatever its case."""
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("iban", "ibans"),
        ("a*a", "a"),
        ("*key", "keys"),
        ("a*b*c", "acb"),
        ("a*bc*c", "abc"),
        ("a?", "ab"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, text: str) -> None:
    """Only the star stands for anything else than itself, and nothing is matched twice."""
    assert not matches(pattern, text)


def test_no_pattern_takes_long() -> None:
    """Where a regular expression would go back again and again."""
    assert not matches("*a" * 100 + "*b", "a" * 100_000)
