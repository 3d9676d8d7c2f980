"""A project's settings as people write them: TOML, with an error that names the place and the fix."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from models.domain.ledger import Category
from models.domain.project import FingerprintRule, ProjectSettings, Scrubbing, Segment
from models.wire import toml
from models.wire.toml import BadDocument

TABLES = ("scrubbing", "fingerprints", "segments", "quotas")
SCRUBBING_KEYS = ("fields", "keep", "addresses")
RULE_KEYS = ("match", "fingerprint")
ATTRIBUTES = ("type", "value", "message", "function", "module", "path", "level", "logger", "transaction")
"""What a rule can ask of an event, beside ``tags.NAME``."""
VARIABLES = (
    "default", "transaction", "message", "type", "error.type", "value", "error.value", "function", "stack.function",
    "path", "stack.abs_path", "stack.filename", "module", "package", "level", "logger",
)  # fmt: skip
"""What a fingerprint can hold in double braces, beside ``tags.NAME`` (sentry-protocol.md, 4.1.8)."""
VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")
BUILT_IN_SEGMENTS = ("os", "device", "country")
SEGMENT = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
MOST_NAMES = 200
MOST_RULES = 100
MOST_SEGMENTS = 8
MOST_VALUES = 20
"""Each value of each segment is one more row a minute: eight segments of twenty are 160 beside the one of all."""
LONGEST = 200
MOST_A_MINUTE = 1_000_000_000


def parse_settings(text: str) -> ProjectSettings:
    """The settings in a TOML document; what it leaves out has its default. Their version is 0: applying gives one.

    Raises `BadDocument`.
    """
    told = toml.read(text)
    toml.know(told, TABLES, "")
    return ProjectSettings(**{name: READERS[name](told[name]) for name in told})


def understood(text: str) -> tuple[ProjectSettings, tuple[str, ...]]:
    """What of a stored document this version understands, and what not: another version may have written it.

    A table that is not understood has its default, and the others stay, so that what they scrub is scrubbed.
    """
    try:
        told = toml.read(text)
    except BadDocument as error:
        return ProjectSettings(), (str(error),)
    read: dict[str, Any] = {}
    faults = [f"{name}: unknown table" for name in told if name not in READERS]
    for name in told.keys() & READERS.keys():
        try:
            read[name] = READERS[name](told[name])
        except BadDocument as error:
            faults.append(str(error))
    return ProjectSettings(**read), tuple(sorted(faults))


def _scrubbing(value: object) -> Scrubbing:
    table = _table(value, "scrubbing", 'fields = ["iban"]')
    toml.know(table, SCRUBBING_KEYS, "scrubbing.")
    addresses = table.get("addresses", False)
    if not isinstance(addresses, bool):
        raise _bad("scrubbing.addresses", f"{addresses!r} is neither true nor false (without quotes)")
    return Scrubbing(
        fields=_texts(table.get("fields", []), "scrubbing.fields", MOST_NAMES),
        keep=_texts(table.get("keep", []), "scrubbing.keep", MOST_NAMES),
        addresses=addresses,
    )


def _fingerprints(value: object) -> tuple[FingerprintRule, ...]:
    if not isinstance(value, list) or not all(isinstance(rule, dict) for rule in value):
        raise _bad("fingerprints", "not a list of tables; write [[fingerprints]] and under it match and fingerprint")
    if len(value) > MOST_RULES:
        raise _bad("fingerprints", f"{len(value)} rules; write at most {MOST_RULES}")
    return tuple(_rule(rule, f"fingerprints[{number}]") for number, rule in enumerate(value))


def _rule(rule: Mapping[str, Any], place: str) -> FingerprintRule:
    toml.know(rule, RULE_KEYS, f"{place}.")
    for key in RULE_KEYS:
        if not rule.get(key):
            raise _bad(f"{place}.{key}", "missing or empty; a rule needs match and fingerprint")
    fingerprint = _texts(rule["fingerprint"], f"{place}.fingerprint", MOST_VALUES)
    for number, part in enumerate(fingerprint):
        for found in VARIABLE.finditer(part):
            _know_name(found[1].strip(), VARIABLES, f"{place}.fingerprint[{number}]", "variable")
    return FingerprintRule(_conditions(rule["match"], f"{place}.match"), fingerprint)


def _conditions(value: object, place: str) -> tuple[tuple[str, str], ...]:
    found = {}
    for name, pattern in _flat(_table(value, place, 'match = { type = "ConnectionError" }')):
        _know_name(name, ATTRIBUTES, place, "attribute")
        found[name] = _text(pattern, f"{place}.{name}")
    return tuple(found.items())


def _flat(table: Mapping[str, Any]) -> list[tuple[str, object]]:
    """``tags.plan = "pro"`` is a table in a table for TOML, unless the name stands in quotes."""
    tags = table.get("tags")
    own = [(name, value) for name, value in table.items() if name != "tags" or not isinstance(tags, dict)]
    return own + [(f"tags.{name}", value) for name, value in (tags if isinstance(tags, dict) else {}).items()]


def _know_name(name: str, known: Collection[str], place: str, noun: str) -> None:
    if name not in known and not (name.startswith("tags.") and len(name) > len("tags.")):
        raise _bad(place, f"{name!r} is no {noun}; write tags.NAME or one of {', '.join(known)}")


def _segments(value: object) -> tuple[Segment, ...]:
    table = _table(value, "segments", 'os = true, or plan = ["free", "pro"]')
    found = tuple(segment for name, asked in table.items() if (segment := _segment(name, asked)) is not None)
    if len(found) > MOST_SEGMENTS:
        raise _bad("segments", f"{len(found)} segments; write at most {MOST_SEGMENTS}")
    return found


def _segment(name: str, asked: object) -> Segment | None:
    place = f"segments.{name}"
    if name in BUILT_IN_SEGMENTS:
        if not isinstance(asked, bool):
            raise _bad(place, f"{asked!r} is neither true nor false; its values need not be listed")
        return Segment(name) if asked else None
    if not SEGMENT.fullmatch(name):
        raise _bad(place, "no name of an attribute; write letters, digits, dots, dashes and underscores, at most 64")
    if not isinstance(asked, list) or not asked:
        raise _bad(place, f'{asked!r} is no list of values to count apart; write them, such as ["free", "pro"]')
    return Segment(name, _texts(asked, place, MOST_VALUES))


def _quotas(value: object) -> dict[str, int]:
    table = _table(value, "quotas", "error = 60000")
    toml.know(table, [str(category) for category in Category], "quotas.")
    for name, number in table.items():
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST_A_MINUTE:
            fix = f"write a whole number from 0 to {MOST_A_MINUTE:,} (without commas)"
            raise _bad(f"quotas.{name}", f"{number!r} is no number of items a minute; {fix}")
    return dict(table)


READERS: Mapping[str, Callable[[object], Any]] = {
    "scrubbing": _scrubbing,
    "fingerprints": _fingerprints,
    "segments": _segments,
    "quotas": _quotas,
}


def _table(value: object, place: str, example: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _bad(place, f"not a table; write keys and values, such as {example}")
    return value


def _texts(value: object, place: str, most: int) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _bad(place, f'{value!r} is no list of texts; write them in brackets, such as ["one", "two"]')
    if len(value) > most:
        raise _bad(place, f"{len(value)} of them; write at most {most}")
    return tuple(_text(one, f"{place}[{number}]") for number, one in enumerate(value))


def _text(value: object, place: str) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST and "\x00" not in value:
        return value
    raise _bad(place, f"{value!r} is no text of 1 to {LONGEST} characters; write it in quotes")


def _bad(place: str, message: str) -> BadDocument:
    return BadDocument(f"{place}: {message}")
