"""Forms of text that are secret or personal, wherever they stand.

Every pattern is bounded where it repeats, so that no text makes it slow.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from models.wire.scrubbing import cards
from models.wire.scrubbing.names import Names

FILTERED = "[Filtered]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A form of text that is taken out of any value.

    ``wakes`` says of the JSON in lower case and of its shape whether the rule can apply.
    """

    name: str
    pattern: re.Pattern[str]
    wakes: Callable[[bytes, bytes], bool]
    replace: Callable[[re.Match[str], Names], str] = lambda _match, _names: FILTERED
    hint: str = ""
    """What a text must hold for the pattern to be tried."""


def _card(match: re.Match[str], _names: Names) -> str:
    return FILTERED if cards.is_card(match) else match[0]


def _iban(match: re.Match[str], _names: Names) -> str:
    """ISO 13616: with the first four characters moved to the end and A = 10 … Z = 35, the rest modulo 97 is 1."""
    text = match[0].replace(" ", "")
    number = int("".join(str(int(character, 36)) for character in text[4:] + text[:4]))
    return FILTERED if number % 97 == 1 else match[0]


def _keep_first(match: re.Match[str], _names: Names) -> str:
    return f"{match[1]}{FILTERED}"


def _assigned(match: re.Match[str], names: Names) -> str:
    """``token=abc``, where the name before the sign is a secret's."""
    return match[0] if not _holds_secret(match, names) else f"{match[1]}{FILTERED}"


def _assigned_in(quote: str) -> Callable[[re.Match[str], Names], str]:
    """``'token': 'abc'``, as Python and JSON write it."""

    def replace(match: re.Match[str], names: Names) -> str:
        return match[0] if not _holds_secret(match, names) else f"{quote}{match[1]}{quote}{FILTERED}{quote}"

    return replace


def _holds_secret(match: re.Match[str], names: Names) -> bool:
    return names[AFTER_NAME.split(match[1], 1)[0]] is not None and FILTERED[:-1] not in match[2]


def _address(match: re.Match[str], _names: Names) -> str:
    try:
        ip_address(match[0])
    except ValueError:
        return match[0]
    return "[ip]" if any(character.isdecimal() for character in match[0]) else match[0]


AFTER_NAME = re.compile(r"[^\w-]")
VALUE = r"\"[^\"]{1,400}\"|'[^']{1,400}'|[^&\s\"'#;,)}\]]{1,4096}"
AT_HOST = re.compile(rb"@(?<=[a-z0-9_+-]@)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}\b")

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
        lambda match, _: f"{match[1]}{match[2]}{FILTERED}",
    ),
    Rule("card_number", cards.NUMBER, cards.may_hold, _card),
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
        lambda _match, _names: "[email]",
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
    _address,
)
"""A network address, for projects that ask for it. Four numbers with dots are one, even if a version is meant."""
