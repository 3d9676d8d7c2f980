"""What of a message differs from event to event, and says nothing of the cause: ids, hosts, times, numbers, names.

Each such thing becomes ``<*>``, and so does a placeholder of a template: a template and the text that was made of it
are alike. What a message quotes of the program (a column, an attribute, a key) stays, and so does the number of a code.
"""

import re

MARK = "<*>"
CHARACTERS = 400
LINES = 2
"""Of a value: what follows is a dump, a stack in words, or an answer that was quoted."""

MONTH = (
    r"(?:jan(?:uary|uar|v|vier)?|feb(?:ruary|ruar|rero)?|févr(?:ier)?|mar(?:ch|s|zo)?|märz?|apr(?:il)?|avr(?:il)?|abr(?:il)?|"
    r"may|mai|mayo|june?|juni|juin|junio|july?|juli|juil(?:let)?|julio|aug(?:ust)?|août|ago(?:sto)?|sept?(?:ember|embre|"
    r"iembre)?|oct(?:ober|obre|ubre)?|okt(?:ober)?|nov(?:ember|embre|iembre)?|dec(?:ember)?|déc(?:embre)?|dez(?:ember)?|"
    r"ene(?:ro)?|dic(?:iembre)?)\b\.?"
)
DAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
TIME = r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?(?i:[ap]\.?m)\b\.?)?(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?"
DATE = (
    rf"\b\d{{4}}[-/]\d\d?[-/]\d\d?(?:[T ]{TIME})?|\b\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}(?:,? {TIME})?"
    rf"|\b(?i:{DAY}(?:\d{{1,2}}\.? {MONTH}|{MONTH} \d{{1,2}}\b)(?:,? \d{{4}})?)(?:,? {TIME})?|\b{TIME}"
)
UNIT = (
    r"(?:\s?(?:ns|us|µs|ms|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?|[kKMGT]i?B|bytes?|%|€|\$|£|EUR|USD)"
    r"(?!\w))?"
)
NUMBER = rf"(?<!\w)(?:[$€£] ?)?[-+#$€£]?\d+(?:[.,'\s]\d{{3}}(?!\d))*(?:[.,]\d+)?(?:e[+-]?\d+)?{UNIT}"
ENDINGS = "com|net|org|io|dev|app|cloud|local|internal|lan|cluster|svc|example|test|invalid|de|fr|uk|eu|us|co|ai"
QUOTES = (
    r"`[^`'\n]*'|'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`|«[^»\n]*»|»[^«\n]*«|\u201e[^\u201c\u201d\n]*[\u201c\u201d]|\u201c[^\u201d\n]*\u201d|"
    r"\u2018[^\u2019\n]*\u2019"
)
ANY_QUOTE = re.compile(r"['\"`«»\u2018\u201c\u201e]")
KINDS = {
    # A code, an exit status, a signal: they name the kind of the fault.
    "code": (
        r"\b(?i:status|code|http(?:/\d(?:\.\d)?)?|errno|winerror|signal|sqlstate)(?: code| is|:|=|\[)?[ :=]{0,2}"
        r"\d{1,6}\b|\(\d{3,5}, (?=b?['\"])|\b(?i:error) #\d+"
    ),
    # Words that end in digits.
    "word": r"\b(?:sha|md|utf|base|u?int|float|latin|iso|ipv|oauth|http|x|s|r|ec|py|v)-?\d{1,3}\b(?![-\w])",
    # Also what scrubbing left in place of an address, a card or a secret.
    "placeholder": (
        r"(?:[\w.-]*\[(?:Filtered|email|ip|creditcard|token|iban|ssn)\][\w.-]*)+|"
        r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdifrxXgeu]\b|%@|\$\{[^}\s]*\}|\{\{?\s*[\w.!:]*\s*\}?\}"
    ),
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*",
    "url": r"\b[a-z][a-z0-9+.-]*://[^\s'\"<>)\]]+",
    "uuid": r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b",
    "token": r"\b(?:[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|eyJ[\w-]+\.[\w-]+\.[\w-]*)\b",
    "mac": r"\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}\b",
    "ip": (
        r"\[?(?<![\w:.])(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?<=[0-9a-fA-F]))\]?"
        r"(?::\d{1,5})?(?![\w:])"
    ),
    "date": DATE,
    "path": (r"(?<![\w.)\]])(?:~|\.{1,2})?(?:/[\w.@+~%-]+){2,}/?|\b[A-Za-z]:\\[^\s'\":;,]+|\\\\[\w.$-]+\\[^\s'\":;,]+"),
    "host": (
        rf"\b(?:localhost|(?:[a-zA-Z0-9](?:[\w-]*[a-zA-Z0-9])?\.)+(?:{ENDINGS}))\b(?:\.)?(?::\d{{1,5}})?|"
        r"\b[a-z][\w-]*\w:\d{2,5}\b"
    ),
    "quoted": QUOTES,
    "hex": r"\b0[xX][0-9a-fA-F]+\b|\b(?=[a-fA-F]*\d)[0-9a-fA-F]{8,}\b",
    "id": r"\b(?=[A-Za-z_-]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*\b",
    "number": NUMBER,
}
"""In the order in which they are looked for."""
VARIABLE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))
STAYS = frozenset({"code", "word"})
NAMES = re.compile(
    r"(?:\b(?:reading|setting|evaluating|property|attribute|attr|module(?: named)?|columns?|table|relation|constraint|"
    r"index|method|function|class|arguments?|parameters?|variable|constant|import(?: name)?|enum|package|symbol|"
    r"keyword|of type|instance of)[ :(]*)$",
    re.IGNORECASE,
)
"""Before a quotation: it is a name that the program has, and nobody typed."""
AFTER_NAMES = (" object", " is not defined", " not defined")
BLOCKED = re.compile(r"(?:inline|eval|wasm-eval|data|blob):?")
"""Where a browser's policy found what it blocked, if at no host."""
NAME = re.compile(r"(?:<\*>|[A-Za-z_$])[A-Za-z_$.:<>\[\]()-]{0,60}")
CODED = re.compile(
    r"^\[(?:Errno|WinError) -?\d+\]|^ORA-\d{5}|^SQLSTATE\[\w+\](?: ?\[\d+\])?:?(?: \d+)?|HRESULT: ?0x[0-9a-fA-F]+"
)
"""A code that stands for its text, which is told in the language of the machine."""
CODES = re.compile(
    rf"{CODED.pattern}|{KINDS['code']}|\bE[A-Z]{{3,14}}\b|^[A-Z]{{3,}}(?:_[A-Z]+)*(?=:)|\((?:[A-Z][a-z0-9]+){{2,6}}\)"
)
"""Of a system (``ENOENT``, ``[Errno 2]``), of a protocol (``status code 404``, ``UNAVAILABLE:``), of a service
(``(NoSuchKey)``)."""
MARKS = re.compile(rf"{re.escape(MARK)}(?:[\s,;:/|x.-]*(?:and |or )?{re.escape(MARK)})+")
"""A list, however long."""
BUNDLED = re.compile(
    r"(?<=evaluating ')[A-Za-z_$][\w$]?\b|"
    r"(?<![\w$.'\"])[A-Za-z_$][\w$]?(?=(?:\.[A-Za-z_$][\w$]*)*\)? is (?:not|undefined|null)\b)"
)
"""``e`` in ``e.total is not a function`` and in ``(evaluating 'e.total')``."""
SPACES = re.compile(r"\s+")
WORD = re.compile(r"[^\W\d_]{2,}")


def of_script(value: str) -> str:
    """As `parameterise`, of what JavaScript says: without the short names that a bundler gave to variables."""
    return parameterise(BUNDLED.sub(MARK, value[:CHARACTERS]))


def parameterise(value: str) -> str:
    """``user 17 at 10.0.0.1`` to ``user <*> at <*>``; of the first two lines that are not empty."""
    lines = [line for line in value[:CHARACTERS].splitlines() if line.strip()][:LINES]
    line = SPACES.sub(" ", " ".join(lines)).strip()
    if coded := CODED.search(line):
        return coded.group()
    return MARKS.sub(MARK, VARIABLE.sub(_marked, line))


def codes(value: str) -> list[str]:
    """The codes in a message: what a library names a fault by, whatever it writes around it."""
    return [found.group().strip("() ").lower() for found in CODES.finditer(value[:CHARACTERS])]


def names(value: str, source: str) -> list[str]:
    """What a message quotes of the program: an attribute, a column, a parameter.

    A key, a field or a type may be the program's, or what somebody typed: it is the program's if it stands in the
    ``source``, the line that failed.
    """
    found = VARIABLE.finditer(value[:CHARACTERS]) if ANY_QUOTE.search(value) else ()
    quoted = (match for match in found if match.lastgroup == "quoted" and NAME.fullmatch(match.group()[1:-1]))
    return [match.group()[1:-1] for match in quoted if _is_of_the_program(match) or _stands_in(source, match)]


def is_telling(parameterised: str) -> bool:
    """Whether it says enough to know a cause by it alone: two words at least."""
    return len(WORD.findall(parameterised)) > 1


def _marked(match: re.Match[str]) -> str:
    kind, found = match.lastgroup, match.group()
    if kind in STAYS:
        return found
    if kind == "quoted":
        is_name = NAME.fullmatch(found[1:-1]) and (_is_of_the_program(match) or _is_alone(match))
        return found if is_name else MARK
    if kind == "id" and not _is_an_id(found):
        return found
    return MARK


def _is_of_the_program(match: re.Match[str]) -> bool:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return (
        after.startswith(AFTER_NAMES)
        or NAMES.search(before) is not None
        or BLOCKED.fullmatch(match.group()[1:-1]) is not None
    )


def _is_alone(match: re.Match[str]) -> bool:
    """Whether a message is a quotation and nothing else: without it, nothing would be left."""
    return not match.string[: match.start()].strip() and not match.string[match.end() :].strip()


def _stands_in(source: str, match: re.Match[str]) -> bool:
    return re.search(rf"(?<!\w){re.escape(match.group()[1:-1])}(?!\w)", source) is not None


def _is_an_id(word: str) -> bool:
    """Letters and digits mixed as no word mixes them; ``sku-7`` and ``web2`` are numbered things too."""
    digits = sum(character.isdigit() for character in word)
    return digits > 0 and (digits > 1 or word[-1].isdigit() or len(word) > 7)  # noqa: PLR2004 - as in `a1b` or `3rd`
