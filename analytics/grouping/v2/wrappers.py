"""The wrapper guard: a function that only passes on what went wrong elsewhere does not say what did.

Where such a function raised, the message contributes beside it. It is known by its name (every word of it is of
plumbing, or one says that the function is there to raise), or by its line of source, which raises what it was told.
"""

import re
from functools import lru_cache

from analytics.grouping.v2.frames import Frame
from analytics.grouping.v2.shapes import Json, text

RAISING = frozenset({
    "raise", "raises", "reraise", "rethrow", "throw", "throws", "panic", "abort", "assert", "assertion",
    "invariant", "ensure", "expect", "must", "wrap", "wrapped", "wrapper", "wrapping", "unwrap", "reject",
    "fail", "failure", "error", "errors", "err", "exception", "exceptions", "exc", "throwable",
})  # fmt: skip
"""One of these is enough: `throwIfFailed`, `to_api_error`, `wrapErrors`."""
PLUMBING = RAISING | frozenset({
    "call", "invoke", "apply", "perform", "execute", "executor", "exec", "run", "runner", "do", "dispatch",
    "dispatcher", "handle", "handler", "request", "req", "response", "fetch", "send", "get", "post", "put",
    "patch", "delete", "head", "query", "sql", "statement", "db", "database", "raw", "http", "https", "rest",
    "load", "data", "process", "resource", "item", "object", "value", "rpc", "grpc", "api", "json", "graphql",
    "service", "client", "remote", "backend", "gateway", "proxy", "middleware", "interceptor", "intercept",
    "decorator", "decorated", "proceed", "next", "retry", "retries", "retrying", "attempt", "try", "with",
    "without", "safe", "safely", "guard", "guarded", "protect", "protected", "catch", "catching", "check",
    "checked", "require", "make", "convert", "translate", "on", "if", "when", "for", "to", "from", "and", "or",
    "is", "ok", "status", "result", "callback", "promise", "async", "await", "sync", "task", "job", "command",
    "action", "operation", "transaction", "report", "capture", "traced", "timed", "internal", "base", "main",
    "init", "method", "func", "function", "fn", "target", "all", "one", "any",
})  # fmt: skip
"""A name made of these alone says nothing of what the program does: `request`, `execute_query`, `callApi`."""
VAGUE_TYPES = frozenset({
    "*errors.errorString", "*errors.fundamental", "*errors.withStack", "*errors.withMessage", "*errors.joinError",
    "*fmt.wrapError", "*fmt.wrapErrors", "errors.errorString", "fmt.wrapError",
})  # fmt: skip
"""What most errors of Go are, with the stack of the place where one was reported, which may be the same for all."""
IN_PLACE = re.compile(
    r"(?:^|[.:\\])(?:NullReference|NullPointer|IndexOutOfRange|\w*IndexOutOfBounds|ClassCast|InvalidCast|DivideByZero|Arithmetic|"
    r"KeyNotFound)Exception$|^(?:TypeError|ReferenceError|AttributeError|NameError|UnboundLocalError|IndexError|KeyError|"
    r"ZeroDivisionError|NoMethodError|ArgumentCountError|DivisionByZeroError|runtime\.\w+)$"
)
"""What the language itself raises where the fault is; nobody passes it on, and each machine's language tells it."""
WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
OWNER = re.compile(r"[.:#\\ ]")
RAISES_WHAT_IT_WAS_TOLD = re.compile(
    r"^\s*(?:raise|throw|panic|fail)\b(?!.*['\"`]).*\b(?:e|ex|exc|err|error|errors|exception|msg|message|reason|cause|"
    r"details?|text|body|resp|response|status\w*|description)\b"
)


def is_wrapper(frame: Frame, raw: Json, kind: str) -> bool:
    """``raw``: the frame as it was sent. ``kind``: the type of the exception."""
    if kind in VAGUE_TYPES:
        return True
    if IN_PLACE.search(kind):
        return False
    told = RAISES_WHAT_IT_WAS_TOLD.match(text(raw.get("context_line"))[:300])
    return told is not None or is_for_passing_on(frame.function)


@lru_cache(4_096)
def is_for_passing_on(function: str) -> bool:
    """Whether a function's name says only that it passes something on."""
    words = [word.lower() for word in WORDS.findall(OWNER.split(function)[-1])]
    return bool(words) and (PLUMBING.issuperset(words) or not RAISING.isdisjoint(words))
