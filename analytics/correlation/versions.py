"""What the name of a release says, and which of two releases is the later one (sentry-protocol.md, 5.1 and 5.3)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from models.wire import fields

NAMED = re.compile(r"(@?[^@]+)@(.+)")
HASH = re.compile(r"[0-9a-fA-F]+")
HASH_DIGITS = (12, 16, 20, 32, 40, 64)
IDENTIFIER = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
VERSION = re.compile(
    r"v?(?P<numbers>[0-9]+(?:\.[0-9]+){0,3})"
    rf"(?:-(?P<marked>{IDENTIFIER}(?:\.{IDENTIFIER})*)|(?P<letters>[A-Za-z][0-9A-Za-z-]*(?:\.{IDENTIFIER})*))?"
    r"(?:\+(?P<build>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
MOST_DIGITS = 40
"""Of a number in a version; longer ones are no versions that anyone counts up."""
PARTS = re.compile(r"[0-9]+|[A-Za-z-]+")

Identifier: TypeAlias = tuple[int, int, str]
"""Sorts as SemVer 2.0, 11.4: numbers first and by their value, all others as text."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Sorts by precedence: numbers, then a release after its prereleases, then the build."""

    numbers: tuple[int, int, int, int]
    """Major, minor, patch and revision; what is missing is 0."""
    is_final: bool
    prerelease: tuple[Identifier, ...]
    build: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class ReleaseName:
    package: str | None
    """The text before ``@``."""
    text: str
    """What comes after it."""
    version: Version | None
    is_hash: bool
    """Whether the text is the hash of a commit or build: then it is no version, even of digits alone."""


@lru_cache(maxsize=8_192)
def parse(name: str) -> ReleaseName | None:
    """What a name says; None if it may name no release. Blanks around it do not count."""
    release = fields.release(name)
    if release is None:
        return None
    found = NAMED.fullmatch(release)
    package, text = (found[1], found[2]) if found else (None, release)
    is_hash = len(text) in HASH_DIGITS and HASH.fullmatch(text) is not None
    version = None if is_hash else _version(text)
    if package is None and version is not None and not re.match(r"v?[0-9]+\.", text):
        version = None  # a number alone is as often a build or the beginning of a hash
    return ReleaseName(package, text, version, is_hash)


def package(name: str) -> str | None:
    """The text before ``@`` of a release's name; None where there is none."""
    found = parse(name)
    return found.package if found else None


def order_by_version(one: str, other: str) -> int | None:
    """-1, 0 or 1 as ``one`` is the earlier, the same or the later version; None unless both are of one package."""
    first, second = parse(one), parse(other)
    if first is None or second is None or first.package != second.package:
        return None
    if first.version is None or second.version is None:
        return None
    return (first.version > second.version) - (first.version < second.version)


def _version(text: str) -> Version | None:
    found = VERSION.fullmatch(text)
    if found is None or any(len(digits) > MOST_DIGITS for digits in re.findall(r"[0-9]+", text)):
        return None
    numbers = [int(part) for part in found["numbers"].split(".")]
    if found["letters"] and len(numbers) == 1:
        return None  # as in ``1a1``, which is more often a hash
    prerelease = _letters(found["letters"]) if found["letters"] else _identifiers(found["marked"])
    major, minor, patch, revision = (*numbers, 0, 0, 0)[:4]
    return Version((major, minor, patch, revision), not prerelease, prerelease, _identifiers(found["build"]))


def _identifiers(text: str | None) -> tuple[Identifier, ...]:
    return tuple(_identifier(part) for part in text.split(".")) if text else ()


def _letters(text: str) -> tuple[Identifier, ...]:
    """``rc10`` as ``rc`` and ``10``: where no hyphen asks for SemVer's rule, the number counts as one."""
    return tuple(_identifier(part) for part in PARTS.findall(text))


def _identifier(part: str) -> Identifier:
    return (0, int(part), "") if part.isdigit() else (1, 0, part)
