"""Forms of text that are secret or personal, wherever they stand.

Every pattern is bounded where it repeats, so that no text makes it slow.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeAlias

from models.wire.scrubbing import cards
from models.wire.scrubbing.names import Names

FILTERED = "[Filtered]"
ALREADY = re.compile(r"[\\\"']{0,4}\[Filtered")


Apply: TypeAlias = Callable[[re.Pattern[str], str, Names], tuple[str, int]]
"""The text without what a pattern finds, and how often it found something."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A form of text that is taken out of any value.

    ``wakes`` says of the JSON in lower case and of its shape whether the rule can apply.
    """

    name: str
    pattern: re.Pattern[str]
    wakes: Callable[[bytes, bytes], bool]
    apply: Apply
    hint: str = ""
    """What a text must hold for the pattern to be tried."""


def _each(replace: Callable[[re.Match[str]], str]) -> Apply:
    """Replace whatever the pattern matches."""

    def apply(pattern: re.Pattern[str], text: str, _names: Names) -> tuple[str, int]:
        found = 0

        def replaced(match: re.Match[str]) -> str:
            nonlocal found
            new = replace(match)
            found += new != match[0]
            return new

        return pattern.sub(replaced, text), found

    return apply


def _after_name(value: re.Pattern[str], quote: str = "") -> Apply:
    """Replace the value after each name of a secret, which is the pattern's first group: ``token=abc``.

    What follows another name is looked through like the rest: ``command="login --token=abc"``.
    """

    def apply(pattern: re.Pattern[str], text: str, names: Names) -> tuple[str, int]:
        pieces, at, found = [], 0, 0
        for match in pattern.finditer(text):
            if match.start() < at or names[match[1]] is None or ALREADY.match(text, match.end()):
                continue
            secret = value.match(text, match.end())
            if secret is None:
                continue
            pieces += [text[at : match.end()], quote, FILTERED, quote]
            at = secret.end()
            found += 1
        return "".join([*pieces, text[at:]]), found

    return apply


def _whole(_: re.Match[str]) -> str:
    return FILTERED


def _keep_first(match: re.Match[str]) -> str:
    return f"{match[1]}{FILTERED}"


def _card(match: re.Match[str]) -> str:
    return FILTERED if cards.is_card(match) else match[0]


def _iban(match: re.Match[str]) -> str:
    """ISO 13616: with the first four characters moved to the end and A = 10 … Z = 35, the rest modulo 97 is 1."""
    text = match[0].replace(" ", "")
    number = int("".join(str(int(character, 36)) for character in text[4:] + text[:4]))
    return FILTERED if number % 97 == 1 else match[0]


def _address(match: re.Match[str]) -> str:
    try:
        ip_address(match[0])
    except ValueError:
        return match[0]
    return "[ip]" if any(character.isdecimal() for character in match[0]) else match[0]


LONGEST = 4_096
VALUE = re.compile(
    rf"\\{{0,3}}\"[^\"]{{1,{LONGEST}}}\"?|\\{{0,3}}'[^']{{1,{LONGEST}}}'?|[^&\s\"'#;,)}}\]]{{1,{LONGEST}}}"
)
"""In quotes, which JSON within JSON escapes and which may be cut off, or up to what ends a parameter."""
LINE = re.compile(rf"[^\r\n]{{1,{2 * LONGEST}}}")
AT_HOST = re.compile(rb"@(?<=[a-z0-9_+-]@)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}\b")

RULES = (
    Rule(
        "private_key",
        re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}-----|\Z)"),
        lambda lower, _: b"-----begin" in lower,
        _each(_whole),
        hint="-----BEGIN",
    ),
    Rule(
        "bearer_token",
        re.compile(r"(?i)\b((?:bearer|basic)\s{1,4})(?=[\w.~+/=-]*[\d=])[\w.~+/-]{12,}={0,2}"),
        lambda lower, _: b"bearer " in lower or b"basic " in lower,
        _each(_keep_first),
    ),
    Rule(
        "json_web_token",
        re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
        lambda lower, _: b".eyj" in lower,
        _each(_whole),
        hint="eyJ",
    ),
    Rule(
        "url_credentials",
        re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/?#@:\"']{0,200}:[^\s/?#@\"']{0,400}(?=@)"),
        lambda lower, _: b"://" in lower and b"@" in lower,
        _each(_keep_first),
        hint="://",
    ),
    Rule(
        "assignment",
        re.compile(r"(?<![\w-])([\w-]{1,80})=(?!=)"),
        lambda lower, _: b"=" in lower,
        _after_name(VALUE),
        hint="=",
    ),
    Rule(
        "assignment",
        re.compile(r"(?<![\w-])(?:%[0-9A-F]{2})?([\w-]{1,80})%3D"),  # an address that is a parameter of another one
        lambda lower, _: b"%3d" in lower,
        _after_name(VALUE),
        hint="%3D",
    ),
    Rule(
        "pair_in_quotes",
        re.compile(r"'([\w-]{1,80})': {0,4}"),
        lambda lower, _: b"':" in lower,
        _after_name(VALUE, "'"),
        hint="':",
    ),
    Rule(
        "pair_in_json",
        re.compile(r'"([\w-]{1,80})\\{0,3}": {0,4}'),
        lambda lower, _: b'\\":' in lower,
        _after_name(VALUE, '"'),
        hint='":',
    ),
    Rule(
        "header",
        re.compile(r"(?i)\b((?:set-)?cookie2?|(?:proxy-)?authorization|x-api-key|x-auth-token): ?"),
        lambda lower, _: b"cookie:" in lower or b"authorization:" in lower or b"x-a" in lower,
        _after_name(LINE),
    ),
    Rule("card_number", cards.NUMBER, cards.may_hold, _each(_card)),
    Rule(
        "social_security_number",
        re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\d-])"),
        lambda _, shape: b"000-00-0000" in shape,
        _each(_whole),
    ),
    Rule(
        "bank_account",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        lambda _, shape: b"AA00" in shape,
        _each(_iban),
    ),
    Rule(
        "email",
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}\b"),
        lambda lower, _: AT_HOST.search(lower) is not None,
        _each(lambda _: "[email]"),
        hint="@",
    ),
)
"""In this order: what a wider rule takes out, a narrower one need not look at."""

ADDRESS = Rule(
    "address",
    re.compile(
        r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)"
        r"|(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])"
    ),
    lambda _, shape: b"0.0" in shape or b"::" in shape or b":0" in shape,
    _each(_address),
)
"""A network address, for projects that ask for it. Four numbers with dots are one, even if a version is meant."""
