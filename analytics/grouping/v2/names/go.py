"""Go: receivers, closures by number, arguments of generics, major versions in paths."""

import re

VERSION = re.compile(r"/v\d+(?=/|$)|@v?\d[\w.+-]*")
RECEIVER = re.compile(r"\(\*?([\w.]+)\)")
CLOSURE = re.compile(r"(?:\.(?:func|gowrap|deferwrap)\d+|\.\d+|-fm|-range\d+)+$")
GENERIC = re.compile(r"\[[^\]]*\]")
INITIAL = re.compile(r"^(?:func\d+|init\.\d+)$")


def clean(module: str, function: str) -> tuple[str, str]:
    function = RECEIVER.sub(r"\1", GENERIC.sub("", function)).replace("glob..", "")
    function = CLOSURE.sub("", function)
    if not module and "." in function:
        folder, slash, last = function.rpartition("/")
        package, _, function = last.partition(".")
        module = f"{folder}{slash}{package}"
    return VERSION.sub("", module), "" if INITIAL.match(function) else function
