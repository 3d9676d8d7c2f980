"""Secrets and personal data are taken out before the log (sentry-protocol.md, section 6).

Most events hold nothing of the kind. So the event's JSON is looked through once, as bytes, to see which rules can
apply at all; only then are its values walked, with these rules alone. Found secrets are counted by rule, never kept.
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
WAKING_WORDS = tuple(
    b"passw passphrase secret apikey -key _key accesskey privatekey auth credential pwd token -factor _factor cookie"
    b" sess csrf xsrf otp jwt remote_addr forwarded -ip".split()
)
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
    rules = tuple(rule for rule in RULES if rule.wakes(lower, shape))
    keys = any(word in lower for word in WAKING_WORDS)
    if not rules and not keys:
        return Scrubbed(value, {})
    walk = _Walk(rules, keys)
    return Scrubbed(walk.whole(value), walk.counts)


def scrub_text(text: str) -> str:
    """A text of its own, such as feedback, without secrets."""
    walk = _Walk(RULES, keys=False)
    return walk.text(text)


@lru_cache(maxsize=8_192)
def is_secret_key(key: str) -> bool:
    return SECRET_KEY.search(key) is not None


class _Walk:
    """One pass over a value, with the rules that can apply to it."""

    def __init__(self, rules: tuple[Rule, ...], keys: bool) -> None:  # noqa: FBT001 - internal
        self._rules = tuple((rule.hint, rule.pattern.search, rule) for rule in rules)
        self._keys = keys
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
            return {key: self.field(key, inner) for key, inner in value.items()}
        if kind is list:
            return self.pair(value) if len(value) == 2 else [self.part(inner) for inner in value]  # noqa: PLR2004
        if kind is int:
            return self.number(value)
        return value

    def field(self, key: str, value: Any) -> Any:
        if self._keys and value and value is not True and is_secret_key(key[:LONGEST_KEY]):
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
            self.counts[rule.name] += replaced != match[0]
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


AT_HOST = re.compile(rb"@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}\b")
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
        re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
        lambda lower, _: b".eyj" in lower,
        hint="eyJ",
    ),
    Rule(
        "url_credentials",
        re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/?#@\"']{0,200}:[^\s/?#@\"']{0,400}(?=@)"),
        lambda lower, _: b"://" in lower and b"@" in lower,
        _keep_first,
        hint="://",
    ),
    Rule(
        "assignment",
        re.compile(
            rf"(?i)((?:{WORDS}|\botp|\bpwd)[\w-]{{0,40}}(?:=|[\"']\s{{0,4}}:\s{{0,4}}))"
            r"(?!=|\[Filtered\])(?:\"[^\"]{1,400}\"|'[^']{1,400}'|[^&\s\"'#;,)}\]]{1,4096})"
        ),
        lambda lower, _: any(word in lower for word in WAKING_WORDS),
        _keep_first,
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
