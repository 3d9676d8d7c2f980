""".NET: state machines of async methods, lambdas and local functions, by the method they were written in."""

import re

MODIFIERS = re.compile(r"^(?:(?:async|static|virtual|override|public|private|internal|void) )+")
RETURNED = re.compile(r"^[\w.<>\[\],?`]+ (?=[\w.<>+`]+\()")
AFTER = re.compile(r"\(.*$|\+?\s*\{ ?\.\.\. ?\}.*$|\s*\{async\}$")
STATE = re.compile(
    r"[.+]?<+(?P<of>\w+)>?(?:[bg]__(?P<local>[A-Za-z]\w*)?[\w|]*)?>d(?:__[\w|]+)?(?:`\d+)?(?:\[.*\])?\.MoveNext$"
)
LOCAL = re.compile(r"<\w+>g__(\w+?)\|[\w]+")
LAMBDA = re.compile(r"<(\w+)>b__\w+")
HOLDER = re.compile(r"[.+]<>c(?:__DisplayClass\w*)?(?:`\d+)?(?:<\w+>)?(?=[.+]|$)")
CLOSED = re.compile(r"\[\[.*\]\]$")
ARITY = re.compile(r"`\d+(?:\[.*?\]+)?|\[\[.*\]\]|<[^<>]*>")


def clean(module: str, function: str) -> tuple[str, str]:
    bare = AFTER.sub("", RETURNED.sub("", MODIFIERS.sub("", function)))
    module = CLOSED.sub("", module)
    whole = bare if not module or bare.startswith(f"{module}.") else f"{module}.{bare}"
    whole = STATE.sub(lambda found: f".{found['local'] or found['of']}", whole)
    whole = ARITY.sub("", LAMBDA.sub(r"\1", LOCAL.sub(r"\1", HOLDER.sub("", whole))))
    owner, _, name = whole.replace("+", ".").rpartition(".")
    return owner.rstrip("."), name
