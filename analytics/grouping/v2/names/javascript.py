"""JavaScript: engines differ in what they write before a method's name, and bundlers make names of their own."""

import re

AS = re.compile(r"\s*\[as .*?\]")
BEFORE = re.compile(r"^(?:async |new |get |set |static )+")
MADE = re.compile(r"_?callee\d*\$?|_?next|_?step|fulfilled|rejected|__awaiter|tryCatch|asyncGeneratorStep|_?loop\d*")
"""What compilers make of async functions and loops."""
NUMBERED = re.compile(r"(?<=[A-Za-z]{2})\$\d*$|(?<=[a-z]{3})\d$")
"""What a bundler adds to the second of two functions with one name."""
MINIFIED = re.compile(r"[A-Za-z_$][\w$]?|[a-z_$](?:[A-Z0-9][a-z]|[a-z][A-Z0-9])|[A-Z][a-z]?[A-Z0-9]|[_$]+\w{0,2}")
"""One or two letters, or three with a capital or a digit where no word has one."""


def is_minified(name: str) -> bool:
    """Whether a bundler may have made the name: another build makes another one."""
    return MINIFIED.fullmatch(name) is not None


def clean(module: str, function: str) -> tuple[str, str]:
    bare = BEFORE.sub("", AS.sub("", function)).rstrip("/<").rpartition(".")[2].strip()
    if MADE.fullmatch(bare) or bare.endswith((">", ")")):
        return module, ""
    return module, NUMBERED.sub("", bare)
