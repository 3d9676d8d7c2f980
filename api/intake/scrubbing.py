"""Secrets and personal data are taken out before the log (sentry-protocol.md, section 6).

The event's JSON is looked through once, as bytes, to see which rules can apply at all; its values are then walked with
these alone. That is what makes it cheap: most events wake two or three. Found secrets are counted by rule, never kept.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from re import Match
from typing import Any

from api.intake.rules import FILTERED, RULES, Rule, is_secret_key

LONGEST_KEY = 200
"""Keys beyond this are cut before they are judged and remembered, so that nobody can fill the memory with them."""

PACKAGES = "modules"
"""The part of an event whose keys are names of packages: ``authlib: 1.3`` is a version."""

SHAPE = bytes(ord("0") if 48 <= c <= 57 else ord("A") if 65 <= c <= 90 else c for c in range(256))  # noqa: PLR2004 - ASCII
"""Every digit becomes ``0``, every capital ``A``: then the form of a card number is one fixed string to find."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    value: Any
    """What was given, without its secrets; the same object if it had none."""
    counts: Mapping[str, int]
    """How often each rule found something."""


def scrub(value: Any, encoded: bytes) -> Scrubbed:
    """``value`` without secrets; ``encoded`` is its JSON."""
    lower = encoded.lower()
    shape = encoded.translate(SHAPE)
    walk = _Walk(tuple(rule for rule in RULES if rule.wakes(lower, shape)))
    scrubbed = walk.whole(value)
    return Scrubbed(scrubbed, walk.counts) if walk.counts else Scrubbed(value, {})


def scrub_text(text: str) -> str:
    """A text of its own, such as feedback, without secrets."""
    return _Walk(RULES).text(text)


class _Walk:
    """One pass over a value, with the rules that can apply to it."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = tuple((rule.hint, rule.pattern.search, rule) for rule in rules)
        self.counts: Counter[str] = Counter()

    def whole(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return self.part(value)
        return {key: inner if key == PACKAGES else self.field(key, inner) for key, inner in value.items()}

    def part(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            return self.text(value)
        if kind is dict:
            part, field = self.part, self.field
            return {
                key: field(key, inner) if len(key) > LONGEST_KEY or is_secret_key(key) else part(inner)
                for key, inner in value.items()
            }
        if kind is list:
            return self.pair(value) if len(value) == 2 else [self.part(inner) for inner in value]  # noqa: PLR2004
        if kind is int:
            return self.number(value)
        return value

    def field(self, key: str, value: Any) -> Any:
        if value and value is not True and is_secret_key(key[:LONGEST_KEY]):
            self.counts["secret_key"] += 1
            return FILTERED
        return self.part(value)

    def pair(self, value: list[Any]) -> list[Any]:
        """Two of something: perhaps a key and its value, as headers, cookies and tags are sent too."""
        key, inner = value
        if isinstance(key, str):
            return [self.text(key), self.field(key, inner)]
        return [self.part(key), self.part(inner)]

    def text(self, text: str) -> str:
        for hint, search, rule in self._rules:
            if hint in text and search(text) is not None:
                text = self._apply(rule, text)
        return text

    def number(self, value: int) -> int | str:
        if value < 10**12 or not self._rules:  # the shortest card number has 13 digits
            return value
        return FILTERED if self.text(str(value)) == FILTERED else value

    def _apply(self, rule: Rule, text: str) -> str:
        def replace(match: Match[str]) -> str:
            replaced = rule.replace(match)
            if replaced != match[0]:
                self.counts[rule.name] += 1
            return replaced

        return rule.pattern.sub(replace, text)
