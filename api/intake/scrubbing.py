"""Secrets and personal data are taken out before the log (sentry-protocol.md, section 6).

The event's JSON is looked through once, as bytes, to see which rules can apply at all; its values are then walked with
these alone. That is what makes it cheap: most events wake two or three. Found secrets are counted by rule, never kept.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

FILTERED = "[Filtered]"
LONGEST_KEY = 200
"""Keys beyond this are cut before they are judged and remembered, so that nobody can fill the memory with them."""

WORDS = (
    "password|passwd|passphrase|secret|api[-_]?key|access[-_]?key|private[-_]?key|auth(?!or(?!i[sz]))|credential|mysql_pwd|token"
    "|two[-_]factor|cookie|session[-_]?id|sessid|csrf|xsrf"
)
"""``auth`` but neither ``author`` nor ``authority``; yet ``authorization``."""
EXACT = "otp|pwd|jwt|session|remote_addr|x-forwarded-for|x-real-ip|forwarded|cf-connecting-ip|true-client-ip"
SECRET_KEY = re.compile(rf"{WORDS}|(?:^|[-_.])(?:{EXACT})$", re.IGNORECASE)
PACKAGES = "modules"
"""The part of an event whose keys are names of packages: ``authlib: 1.3`` is a version."""

SHAPE = bytes(ord("0") if 48 <= c <= 57 else ord("A") if 65 <= c <= 90 else c for c in range(256))  # noqa: PLR2004 - ASCII
"""Every digit becomes ``0``, every capital ``A``: then the form of a card number is one fixed string to find."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A form of text that is taken out of any value.

    ``wakes`` says of the JSON in lower case and of its shape whether the rule can apply.
    """

    name: str
    pattern: re.Pattern[str]
    wakes: Callable[[bytes, bytes], bool]
    replace: Callable[[re.Match[str]], str] = lambda _: FILTERED
    hint: str = ""
    """What a text must hold for the pattern to be tried."""


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


@lru_cache(maxsize=8_192)
def is_secret_key(key: str) -> bool:
    return SECRET_KEY.search(key) is not None


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
        def replace(match: re.Match[str]) -> str:
            replaced = rule.replace(match)
            if replaced != match[0]:
                self.counts[rule.name] += 1
            return replaced

        return rule.pattern.sub(replace, text)


def _card(match: re.Match[str]) -> str:
    return FILTERED if _passes_luhn(match[0]) else match[0]


def _passes_luhn(text: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    digits = [int(character) for character in reversed(text) if character.isdecimal()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _iban(match: re.Match[str]) -> str:
    """ISO 13616: with the first four characters moved to the end and A = 10 … Z = 35, the rest modulo 97 is 1."""
    text = match[0].replace(" ", "")
    number = int("".join(str(int(character, 36)) for character in text[4:] + text[:4]))
    return FILTERED if number % 97 == 1 else match[0]


def _keep_first(match: re.Match[str]) -> str:
    return f"{match[1]}{FILTERED}"


def _assigned(match: re.Match[str]) -> str:
    """``token=abc``, where the name before the sign is a secret's."""
    return match[0] if not _holds_secret(match) else f"{match[1]}{FILTERED}"


def _assigned_in(quote: str) -> Callable[[re.Match[str]], str]:
    """``'token': 'abc'``, as Python and JSON write it."""

    def replace(match: re.Match[str]) -> str:
        return match[0] if not _holds_secret(match) else f"{quote}{match[1]}{quote}{FILTERED}{quote}"

    return replace


def _holds_secret(match: re.Match[str]) -> bool:
    return is_secret_key(match[1].rstrip("=: \"'")) and FILTERED[:-1] not in match[2]


VALUE = r"\"[^\"]{1,400}\"|'[^']{1,400}'|[^&\s\"'#;,)}\]]{1,4096}"
AT_HOST = re.compile(rb"@(?<=[a-z0-9_+-]@)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}\b")
CARD_WIDTH = 13

RULES = (
    Rule(
        "private_key",
        re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}-----|\Z)"),
        lambda lower, _: b"-----begin" in lower,
        hint="-----BEGIN",
    ),
    Rule(
        "bearer_token",
        re.compile(r"(?i)\b((?:bearer|basic)\s{1,4})(?=[\w.~+/=-]*[\d=])[\w.~+/-]{12,}={0,2}"),
        lambda lower, _: b"bearer " in lower or b"basic " in lower,
        _keep_first,
    ),
    Rule(
        "json_web_token",
        re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
        lambda lower, _: b".eyj" in lower,
        hint="eyJ",
    ),
    Rule(
        "url_credentials",
        re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/?#@:\"']{0,200}:[^\s/?#@\"']{0,400}(?=@)"),
        lambda lower, _: b"://" in lower and b"@" in lower,
        _keep_first,
        hint="://",
    ),
    Rule(
        "assignment",
        re.compile(rf"(?<![\w-])([\w-]{{1,80}}=)(?!=)({VALUE})"),
        lambda lower, _: b"=" in lower,
        _assigned,
        hint="=",
    ),
    Rule(
        "pair_in_quotes",
        re.compile(rf"'([\w-]{{1,80}}': {{0,4}})({VALUE})"),
        lambda lower, _: b"':" in lower,
        _assigned_in("'"),
        hint="':",
    ),
    Rule(
        "pair_in_json",
        re.compile(rf'"([\w-]{{1,80}}": {{0,4}})({VALUE})'),
        lambda lower, _: b'\\":' in lower,
        _assigned_in('"'),
        hint='":',
    ),
    Rule(
        "header",
        re.compile(r"(?i)\b((?:set-)?cookie2?|(?:proxy-)?authorization|x-api-key|x-auth-token)(: ?)[^\r\n]{1,8192}"),
        lambda lower, _: b"cookie:" in lower or b"authorization:" in lower or b"x-a" in lower,
        lambda match: f"{match[1]}{match[2]}{FILTERED}",
    ),
    Rule(
        "card_number",
        re.compile(r"(?<![\d.])[2-6](?:[ -]?\d){12,18}(?!\d)"),
        lambda _, shape: b"0" * CARD_WIDTH in shape.translate(None, b" -"),
        _card,
    ),
    Rule(
        "social_security_number",
        re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\d-])"),
        lambda _, shape: b"000-00-0000" in shape,
    ),
    Rule(
        "bank_account",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        lambda _, shape: b"AA00" in shape,
        _iban,
    ),
    Rule(
        "email",
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}\b"),
        lambda lower, _: AT_HOST.search(lower) is not None,
        lambda _: "[email]",
        hint="@",
    ),
)
"""In this order: what a wider rule takes out, a narrower one need not look at."""
