"""Forms of text that are secret or personal, wherever they stand.

Every pattern is bounded where it repeats, or never goes back over what it read, so that no text makes it slow.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeAlias

from models.wire.scrubbing import cards
from models.wire.scrubbing.names import Names
from models.wire.scrubbing.values import end_of_line, end_of_value

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
    wakes_in_names: Callable[[bytes], bool] = lambda _: False
    """Of a rule that is awake: whether a name in a table may be of this form too, as where customers are counted."""


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


def _assigned(match: re.Match[str]) -> str:
    """The name before an equals sign, looked for where there is one: far cheaper than at each word."""
    before = match.string[max(0, match.start() - BEFORE) : match.start()]
    found = ASSIGNED.match(before[::-1])
    return found[1][::-1] if found else ""


def _after_name(
    end: Callable[[str, int], int | None] = end_of_value,
    quote: str = "",
    name: Callable[[re.Match[str]], str] | None = None,
) -> Apply:
    """Replace the value after each name of a secret, which is the pattern's first group by default: ``token=abc``.

    What follows another name is looked through like the rest: ``command="login --token=abc"``.
    """

    def apply(pattern: re.Pattern[str], text: str, names: Names) -> tuple[str, int]:
        pieces, at, found = [], 0, 0
        for match in pattern.finditer(text):
            if (
                names[name(match) if name else match[1]] is None
                or match.start() < at
                or ALREADY.match(text, match.end())
            ):
                continue
            ends = end(text, match.end())
            if ends is None:
                continue
            pieces += [text[at : match.end()], quote, FILTERED, quote]
            at = ends
            found += 1
        return ("".join([*pieces, text[at:]]), found) if found else (text, 0)

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


AT_HOST = re.compile(
    rb"@(?<=[a-z0-9_.+\x80-\xff-]@)[a-z0-9\x80-\xff-]{1,255}(?:\.[a-z0-9\x80-\xff-]{1,255}){0,4}\.[a-z\x80-\xff]{2}"
)
AT_IN_NAME = re.compile(rb'@[^"@]{1,300}":')
URL_CREDENTIALS = re.compile(
    r"(://)"
    r"(?:[^\s/?#:\"']*+:[^\s/?#\"']*"  # up to the last @ before the path
    r"|(?!\[|[A-Za-z]:[/\\])[^\s/?#@:\"']*+:(?!\d{1,5}[/?#])[^\s:\"']*)"  # or in it, if no port is before it
    r"(?=@)"
)
"""User and password, whose own ``@``, ``/``, ``?`` and ``#`` many forget to encode; nothing reads past the next URL."""
SOURCE_LINE = re.compile(r"= (?=[bfruBFRU]{0,2}\\{0,7}[\"'`])")
QUOTED = re.compile(rb"= [bfru]{0,2}[\\'`]")
BEFORE = 120
"""Characters before the equals sign of a source line that hold the name; of a longer one, its end is judged."""
ASSIGNED = re.compile(r"[:!=]{0,2} {0,4}(?:[\w.\[\]|, ]{1,40}:|\][\"']\\{0,7})?([\w-]++)")
"""Read backwards: ``token = "x"``, ``token == "x"``, ``token: str = "x"``, ``config["token"] = "x"``."""

OPTION = Rule(
    "pair_in_quotes",
    re.compile(r"[\"']--([\w-]++)\\{0,7}[\"'], ?(?=\\{0,7}[\"'])"),
    lambda lower, _: b"--" in lower,
    _after_name(quote="'"),
    hint="--",
)
"""Two words of a command, as Python and JSON show them: ``['--token', 'x']``."""

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
        URL_CREDENTIALS,
        lambda lower, _: b"://" in lower and b"@" in lower,
        _each(_keep_first),
        hint="://",
    ),
    Rule(
        "assignment",
        re.compile(r"(?<![\w-])([\w-]++)=(?!=)"),
        lambda lower, _: b"=" in lower,
        _after_name(),
        hint="=",
    ),
    Rule(
        "assignment",
        SOURCE_LINE,
        lambda lower, _: QUOTED.search(lower) is not None,
        _after_name(name=_assigned),
        hint="= ",
    ),
    Rule(
        "assignment",
        re.compile(r"(?<![\w-])(?:%[0-9A-F]{2})?([\w-]++)%3D"),  # an address that is a parameter of another one
        lambda lower, _: b"%3d" in lower,
        _after_name(),
        hint="%3D",
    ),
    Rule(
        "pair_in_quotes",
        re.compile(r"'([\w-]++)': {0,4}"),
        lambda lower, _: b"':" in lower,
        _after_name(quote="'"),
        hint="':",
    ),
    OPTION,
    Rule(
        "pair_in_json",
        re.compile(r'"([\w-]++)\\{0,7}": {0,4}'),
        lambda lower, _: b'\\":' in lower,
        _after_name(quote='"'),
        hint='":',
    ),
    Rule(
        "header",
        re.compile(r"(?i)\b((?:set-)?cookie2?|(?:proxy-)?authorization|x-api-key|x-auth-token): ?"),
        lambda lower, _: b"cookie:" in lower or b"authorization:" in lower or b"x-a" in lower,
        _after_name(end_of_line),
    ),
    Rule("card_number", cards.NUMBER, cards.may_hold, _each(_card), wakes_in_names=lambda _: True),
    Rule(
        "social_security_number",
        re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\d-])"),
        lambda _, shape: b"000-00-0000" in shape,
        _each(_whole),
        wakes_in_names=lambda _: True,
    ),
    Rule(
        "bank_account",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        lambda _, shape: b"AA00" in shape,
        _each(_iban),
        wakes_in_names=lambda _: True,
    ),
    Rule(
        "email",
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_]{2,24}\b"),
        lambda lower, _: AT_HOST.search(lower) is not None,
        _each(lambda _: "[email]"),
        hint="@",
        wakes_in_names=lambda lower: AT_IN_NAME.search(lower) is not None,
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
