"""Secrets and personal data are taken out before the log (sentry-protocol.md, section 6). Pure.

An event's JSON is looked through once, as bytes, to see which forms can be in it at all; its values are then walked
with these alone. That is what makes it cheap: most events wake two or three. What is found is counted, never kept.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from models.domain.project import Scrubbing
from models.wire.scrubbing.forms import ADDRESS, FILTERED, OPTION, RULES, Rule
from models.wire.scrubbing.names import Names

Found: TypeAlias = Counter[str]
"""How often each rule found something."""

STRUCTURE = frozenset({"event_id", "timestamp", "release", "environment", "dist", "platform", "level", "type"})
"""What an event is counted by: it is the same in every kind of item, whatever it looks like."""
PACKAGES = "modules"
"""The part of an event whose keys are names of packages: ``authlib: 1.3`` is a version."""
HARMLESS = frozenset({"CI", "LANG", "LANGUAGE", "SHELL", "TERM", "TZ"})
"""Of a process's environment, what may be read by all; of every other variable the name alone is kept."""
LONG_OPTION = re.compile(r"--(\w[\w-]*+)")
ENVIRONMENT = "environment"
PAIR = 2

SHAPE = bytes(ord("0") if 48 <= c <= 57 else ord("A") if 65 <= c <= 90 else c for c in range(256))  # noqa: PLR2004 - ASCII
"""Every digit becomes ``0``, every capital ``A``: then the form of a card number is one fixed string to find."""


class Scrubber:
    """The default rules, and what one project adds to and excepts from them."""

    def __init__(self, project: Scrubbing) -> None:
        self._names = Names(project)
        self._rules = (*RULES, ADDRESS) if project.addresses else RULES

    def event(self, event: dict[str, Any], encoded: bytes, found: Found) -> dict[str, Any]:
        """A canonical event without secrets, the same object if it has none; ``encoded`` is its JSON."""
        lower = encoded.lower()
        shape = encoded.translate(SHAPE)
        rules = tuple(rule for rule in self._rules if rule.wakes(lower, shape))
        walk = _Walk(rules, self._names, tuple(rule for rule in rules if rule.wakes_in_names(lower)))
        scrubbed = walk.event(event)
        found.update(walk.found)
        return scrubbed if walk.found else event

    def text(self, text: str, found: Found) -> str:
        """A text of its own, such as feedback, without secrets."""
        walk = _Walk(self._rules, self._names)
        scrubbed = walk.text(text)
        found.update(walk.found)
        return scrubbed


@lru_cache(maxsize=1_024)
def scrubber(project: Scrubbing) -> Scrubber:
    return Scrubber(project)


_Tried: TypeAlias = tuple[tuple[str, Callable[[str], re.Match[str] | None], Rule], ...]
"""Rules, with what tells cheaply that they find nothing."""


def _tried(rules: tuple[Rule, ...]) -> _Tried:
    return tuple((rule.hint, rule.pattern.search, rule) for rule in rules)


class _Walk:
    """One pass over a value, with the rules that can apply to it."""

    def __init__(self, rules: tuple[Rule, ...], names: Names, rules_in_names: tuple[Rule, ...] = ()) -> None:
        self._rules = _tried(rules)
        self._rules_in_names = _tried(rules_in_names)
        self._names = names
        self._has_options = OPTION in rules
        self.found: Found = Counter()

    def event(self, event: dict[str, Any]) -> dict[str, Any]:
        return {key: self._top(key, inner) for key, inner in event.items()}

    def _top(self, key: str, value: Any) -> Any:
        if key in STRUCTURE or key == PACKAGES:
            return value
        if key == "extra" and isinstance(value, dict) and isinstance(value.get("environ"), dict):
            rest = {name: inner for name, inner in value.items() if name != "environ"}
            return self.part(rest) | {"environ": self._environment(value["environ"])}
        if key == "logentry" and isinstance(value, dict):
            return self._logentry(value)
        return self.field(key, value)

    def _environment(self, variables: dict[str, Any]) -> dict[str, Any]:
        """sentry-cli sends the whole environment of its process along with an event."""
        kept: dict[str, Any] = {}
        for name, value in variables.items():
            if name in HARMLESS or name.startswith("LC_") or self._names.kept(name):
                kept[name] = self.part(value)
                continue
            if value != FILTERED:
                self.found[ENVIRONMENT] += 1
            kept[name] = FILTERED
        return kept

    def _logentry(self, entry: dict[str, Any]) -> dict[str, Any]:
        """A parameter can be a secret by what the template says before it: ``password=%s``."""
        scrubbed: dict[str, Any] = self.part(entry)
        if scrubbed.get("formatted") == entry.get("formatted"):
            return scrubbed
        params = scrubbed.get("params")
        if isinstance(params, dict):
            return scrubbed | {"params": dict.fromkeys(params, FILTERED)}
        return scrubbed | {"params": [FILTERED] * len(params)} if isinstance(params, list) else scrubbed

    def part(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:
            return self.text(value) if self._rules else value
        if kind is dict:
            part, field, names = self.part, self.field, self._names
            table = {key: part(inner) if names[key] is None else field(key, inner) for key, inner in value.items()}
            return self._renamed(table) if self._rules_in_names else table
        if kind is list:
            if self._has_options and value and type(value[0]) is str:
                return self._words(value)
            return [self.element(inner) for inner in value]
        if kind is int:
            return self.number(value)
        return value

    def field(self, key: str, value: Any) -> Any:
        if value and value is not True and (rule := self._names[key]) is not None:
            if value != FILTERED:
                self.found[rule] += 1
            return FILTERED
        return self.part(value)

    def element(self, value: Any) -> Any:
        """One of a list; two of something may be a name and its value, as headers, cookies and tags are sent."""
        if type(value) is list and len(value) == PAIR and isinstance(value[0], str):
            name, inner = value
            return [self.text(name), self.field(name, inner)]
        return self.part(value)

    def _renamed(self, table: dict[str, Any]) -> dict[str, Any]:
        return {self.text(name, self._rules_in_names): inner for name, inner in table.items()}

    def _words(self, words: list[Any]) -> list[Any]:
        """A list that begins with a text may be a command: after ``--token`` comes the token."""
        scrubbed, name = [], ""
        for word in words:
            scrubbed.append(self.field(name, word) if name and self._names[name] else self.element(word))
            option = LONG_OPTION.fullmatch(word) if type(word) is str else None
            name = option[1] if option else ""
        return scrubbed

    def text(self, text: str, rules: _Tried | None = None) -> str:
        """A text without what these rules find, which are all by default."""
        for hint, search, rule in rules or self._rules:
            if hint in text and search(text) is not None:
                text, count = rule.apply(rule.pattern, text, self._names)
                if count:
                    self.found[rule.name] += count
        return text

    def number(self, value: int) -> int | str:
        if value < 10**12 or not self._rules:  # the shortest card number has 13 digits
            return value
        return FILTERED if self.text(str(value)) == FILTERED else value
